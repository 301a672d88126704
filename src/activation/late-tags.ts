import { LATE_MS } from './late-calls.ts';
import type { LinkedNode, NameRecord } from './record.ts';

/**
 * Notes that values which these keys had may still be on their way to the node.
 * t1 A=old is sent and not answered, t2 A=new is accepted and reaches the node, t3 A=old arrives after all: the node has
 * A=old, while the ledger says A=new. So the keys are set once more when nothing can arrive any longer.
 */
export const expectLate = (node: LinkedNode, keys: readonly string[], now: Date): LinkedNode => {
  if (keys.length === 0) return node;
  const until = new Date(now.getTime() + LATE_MS);
  return { ...node, lateTags: { ...node.lateTags, ...Object.fromEntries(keys.map((key) => [key, until])) } };
};

/**
 * Notes the same of the keys that wait to be applied, for a process that is about to apply them: another that had sent them
 * may not live to say so. t1 A=old is accepted and sent, t2 its process dies, t3 the sweep applies A=old, t4 A=new is
 * accepted and reaches the node, t5 what was sent at t1 arrives.
 */
export const expectUnderWay = (record: NameRecord, now: Date): NameRecord => {
  const { node } = record;
  return node ? { ...record, node: expectLate(node, node.unappliedTags, now) } : record;
};

/** The keys of which nothing can arrive any longer are among those to be applied. */
export const setLateAgain = (record: NameRecord, now: Date): NameRecord => {
  const { node } = record;
  const late = Object.entries(node?.lateTags ?? {});
  const due = late.filter(([, until]) => until <= now).map(([key]) => key);
  if (!node || due.length === 0) return record;
  const expected = late.filter(([, until]) => until > now);
  const lateTags = expected.length > 0 ? Object.fromEntries(expected) : undefined;
  return {
    ...record,
    node: { ...node, lateTags, unappliedTags: [...new Set([...node.unappliedTags, ...due])] },
  };
};
