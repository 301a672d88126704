import type { ManagedNodeId } from './identifiers.ts';
import { hopeful } from './judge.ts';
import { hasBeenOnline, type ManagedNode } from './managed-node.ts';
import { isFresherThan, isSameKind, type Principal } from './principal.ts';
import { isGone, type Reading, shownIn } from './reading.ts';
import type { Grant, NameRecord, Newcomer } from './record.ts';

/** What a caller who asks for an activation is told. */
export type Decision =
  | { readonly kind: 'issue'; readonly grant: Grant; readonly replaces?: ManagedNodeId }
  | { readonly kind: 'in-progress'; readonly until: Date }
  | { readonly kind: 'already-registered'; readonly node: ManagedNodeId }
  | { readonly kind: 'other-proof'; readonly node: ManagedNodeId; readonly holder: Principal };

/**
 * The contract's "When a name asks again" table.
 * The reading has been linked into the record before; of a name without a node it is not needed.
 */
export const decide = (
  record: NameRecord | undefined,
  reading: Reading,
  principal: Principal,
  now: Date,
): Decision => {
  if (record?.attempt && record.attempt.leaseUntil > now) {
    return { kind: 'in-progress', until: record.attempt.leaseUntil };
  }
  const { node, newcomer } = record ?? {};
  // It has been Online and waits only to be judged: nobody without a release or a fresher proof gets in after it (P4).
  const waiting = newcomer?.seenOnline ? newcomer : record && onlineBehind(record, reading);
  if (waiting) return { kind: 'already-registered', node: waiting.id };
  const source = record && newcomer && sourceOf(record, newcomer);
  if (source && !isSameKind(source.principal, principal)) {
    return { kind: 'other-proof', node: newcomer.id, holder: source.principal };
  }
  if (!record || !node) return { kind: 'issue', grant: record?.activation ? 'retry' : 'first' };
  if (isGone(node, reading)) return { kind: 'issue', grant: 'first' };
  const isOwned = node.principal.proof !== 'adopted';
  if (isOwned && !isSameKind(node.principal, principal)) {
    return { kind: 'other-proof', node: node.id, holder: node.principal };
  }
  // A machine that lost the answer to its released activation asks again: the release still covers it.
  const isReleased = record.activation?.grant === 'release' && record.activation.replaces === node.id;
  if (record.released || isReleased) return { kind: 'issue', grant: 'release', replaces: node.id };
  const live = shownIn(reading, node);
  if (!node.seenOnline && (!live || !hasBeenOnline(live))) return { kind: 'issue', grant: 'retry' };
  const isSilent = live !== undefined && live.pingStatus !== 'Online';
  if (isSilent && isFresherThan(principal, node.principal)) {
    return { kind: 'issue', grant: 'rejoin', replaces: node.id };
  }
  return { kind: 'already-registered', node: node.id };
};

/** t1 node A registers and never reports, t2 node B registers and reports: both wait, and the record keeps A alone. */
const onlineBehind = (record: NameRecord, { nodes }: Reading): ManagedNode | undefined =>
  hopeful(record)
    .flatMap((id) => nodes.get(id) ?? [])
    .find((found) => found.id !== record.node?.id && hasBeenOnline(found));

const sourceOf = ({ activation, superseded }: NameRecord, { activationId }: Newcomer) =>
  [...(activation ? [activation] : []), ...superseded].find(({ id }) => id === activationId);
