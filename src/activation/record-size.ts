import type { NameRecord } from './record.ts';

/**
 * In bytes. A record is one item of the ledger, and DynamoDB takes none above 400 KB. What callers ask for must leave
 * room for what nobody can refuse any more: a node that registers takes a copy of its activation's tags (58 KB at
 * most), with the keys that are to be applied to it (19 KB).
 */
const MOST_BYTES = 300_000;

/** How many changes of tags may wait for one machine: twice as many as it can have tags. */
const MOST_WAITING = 100;

/** Whether a record that callers make greater still has room. JSON is never shorter than an item of the same content. */
export const hasRoom = (record: NameRecord): boolean =>
  Object.keys(record.followUps?.changes ?? {}).length <= MOST_WAITING &&
  (record.node?.unappliedTags.length ?? 0) <= MOST_WAITING &&
  Buffer.byteLength(JSON.stringify(record)) <= MOST_BYTES;
