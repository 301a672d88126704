import type { NameRecord } from './record.ts';

/** How long the sweep waits for a node's first ping before it stops looking at every round. */
const FIRST_PING_MS = 24 * 60 * 60_000;
const SHORTEST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 5 * 60_000;

/** The younger a matter the sooner it is looked at again, so that an activation nobody uses costs ever fewer calls. */
const nextLook = (since: Date, now: Date): Date => {
  const age = now.getTime() - since.getTime();
  return new Date(now.getTime() + Math.min(Math.max(age / 2, SHORTEST_WAIT_MS), LONGEST_WAIT_MS));
};

/** When the sweep should look at a name next; undefined when nothing about it is unfinished. */
const dueAt = (record: NameRecord, now: Date): Date | undefined => {
  const due: Date[] = [];
  if (record.attempt) due.push(record.attempt.leaseUntil);
  if (record.activation) due.push(nextLook(record.activation.issuedAt, now));
  for (const { since, deleted } of record.superseded) {
    if (deleted) due.push(nextLook(since, now));
    // The process that holds the attempt deletes it before it mints.
    else if (!record.attempt) due.push(now);
  }
  for (const { since } of record.strayAttempts) due.push(nextLook(since, now));
  if (record.replacedNodes.length > 0) due.push(now);
  const { node, newcomer } = record;
  // A reading may miss it even then: another is taken soon.
  if (newcomer) due.push(later(newcomer.settlesAt, new Date(now.getTime() + SHORTEST_WAIT_MS)));
  if (node?.doubtedUntil) due.push(later(node.doubtedUntil, new Date(now.getTime() + SHORTEST_WAIT_MS)));
  if (node && node.unappliedTags.length > 0) due.push(now);
  due.push(...Object.values(node?.lateTags ?? {}));
  if (node && !node.seenOnline && now.getTime() - node.linkedAt.getTime() < FIRST_PING_MS) {
    due.push(nextLook(node.linkedAt, now));
  }
  return due.length === 0 ? undefined : new Date(Math.min(...due.map((date) => date.getTime())));
};

/** The record with its next look set anew; every transition ends with it. */
export const scheduled = (record: NameRecord, now: Date): NameRecord => ({
  ...record,
  dueAt: dueAt(record, now),
});

const later = (one: Date, other: Date): Date => (one > other ? one : other);
