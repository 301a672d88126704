import type { NameRecord, Standing } from './record.ts';

/** The name's earlier activation stops being the one that is out; it is to be deleted. */
export const supersede = (record: NameRecord, now: Date, standing: Standing = 'stands'): NameRecord => {
  if (!record.activation) return record;
  const { id, principal, grant, replaces, tags, issuedAt } = record.activation;
  const superseded = { id, principal, grant, replaces, tags, issuedAt, since: now, deleted: false, standing };
  return { ...record, activation: undefined, superseded: [...record.superseded, superseded] };
};

/** An attempt that will never be answered: SSM may hold an activation for it. */
export const abandonAttempt = (record: NameRecord, now: Date): NameRecord => {
  if (!record.attempt) return record;
  const stray = { id: record.attempt.id, since: now };
  return { ...record, attempt: undefined, strayAttempts: [...record.strayAttempts, stray] };
};

/**
 * A grant is worth what it was given for when it is used. t1 activation A, t2 A is superseded by B because no node was seen,
 * t3 the node of A reports: B would let another machine take the name from a node that is Online (P4), so B is revoked. An
 * activation granted by release or re-joining was meant to take such a node's place, and that one's only: t1 node M is
 * released, t2 A is granted, t3 A registers N, t4 B is granted since nobody knows of N yet, t5 N reports. The release of
 * M is used up by then.
 */
export const revokeIfOnline = (record: NameRecord, now: Date): NameRecord => {
  const { node, activation } = record;
  return node?.seenOnline && activation?.replaces !== node.id ? supersede(record, now) : record;
};

/**
 * t1 node A is silent, t2 B is granted to a machine that joins again, t3 A pings. B was given because A was silent, so it
 * loses its right. A release stays: an operator gave A up, Online or not.
 */
export const stripIfBack = (record: NameRecord, isOnline: boolean, now: Date): NameRecord => {
  const { node, activation } = record;
  return isOnline && activation?.grant === 'rejoin' && activation.replaces === node?.id
    ? supersede(record, now, 'stripped')
    : record;
};
