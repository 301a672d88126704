import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { ActivationEvent } from '../activation/events.ts';
import { REFUSALS_MERGED_MS } from '../activation/merged-refusals.ts';
import type { EventLog, EventQuery } from '../activation/ports.ts';
import type { Condition, Documents, Query } from './documents.ts';
import { BY_KIND } from './table.ts';

/** How long the audit trail goes back. */
const RETENTION_DAYS = 90;

const Item = z.lazy(() => z.looseObject({ PK: z.string(), Position: z.string(), Event: ActivationEvent }));
type Item = z.infer<typeof Item>;

/**
 * The partitions of the index by kind. Strangers make refusals at will, and DynamoDB throttles the table's own writes of
 * what an overloaded partition of an index is to hold: so what must be written before a machine gets in has another one.
 */
const KINDS = ['event', 'refusal'] as const;
type Kind = (typeof KINDS)[number];
const kindOf = ({ kind }: ActivationEvent): Kind => (kind === 'RequestRefused' ? 'refusal' : 'event');

const partition = (name: string | undefined) => `name#${name ?? ''}`;
const sortKey = (position: string) => `event#${position}`;

/** The audit trail on the DynamoDB API: items that sort by time, beside the name that they are about. */
export const createDynamoDbEventLog = (documents: Documents): EventLog => ({
  append: async (event) => {
    const position = `${event.at.toISOString()}#${event.id}`;
    const item = {
      PK: partition(event.name),
      SK: sortKey(position),
      Kind: kindOf(event),
      Position: position,
      ExpiresAt: Math.floor(event.at.getTime() / 1000) + RETENTION_DAYS * 86_400,
      Count: event.count,
      Event: event,
    };
    try {
      await documents.put(item, event.count === undefined ? undefined : countsUp(event.count));
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  },

  list: async (query) => {
    const sources =
      query.name === undefined ? KINDS.map((kind) => amongAll(kind, query)) : [ofOneName(query)];
    const within = sources.filter(({ from }) => query.after === undefined || positionOf(query.after) >= from);
    // DynamoDB refuses to begin outside of what is asked for; a cursor of another question has nothing after it.
    if (query.name !== undefined && query.after !== undefined && !isOfName(query.after, query.name)) {
      return { events: [] };
    }
    const found: Item[] = [];
    for await (const item of newestFirst(within.map((source) => itemsOf(documents, source.query)))) {
      if (isOver(item, query.since)) continue;
      found.push(item);
      if (found.length > query.limit) break;
    }
    const shown = found.slice(0, query.limit);
    const last = shown.at(-1);
    const next = found.length > query.limit && last ? `${last.Position} ${last.PK}` : undefined;
    return { events: shown.map(({ Event }) => Event), next };
  },
});

/**
 * t1 the 2nd refusal of a caller is written and its answer is late, t2 the 4th is written, t3 the 2nd comes to the table
 * after all: the count must not go back. And a write that the SDK sends again changes nothing.
 */
const countsUp = (count: number): Condition => ({
  ConditionExpression: 'attribute_not_exists(PK) OR #count < :count',
  // A reserved word of DynamoDB's.
  ExpressionAttributeNames: { '#count': 'Count' },
  ExpressionAttributeValues: { ':count': count },
});

interface Source {
  /** The first position that it asks for. */
  readonly from: string;
  readonly query: Query;
}

/** A merged refusal stands where its first was, which may be before `since` although its last was not. */
const firstPosition = (since: Date | undefined, kind?: Kind): string => {
  if (!since) return '0';
  return new Date(since.getTime() - (kind === 'event' ? 0 : REFUSALS_MERGED_MS)).toISOString();
};

const isOver = ({ Event: { at, lastAt = at } }: Item, since: Date | undefined): boolean =>
  since !== undefined && lastAt < since;

const amongAll = (kind: Kind, { since, after, limit }: EventQuery): Source => {
  const from = firstPosition(since, kind);
  const query = {
    IndexName: BY_KIND,
    KeyConditionExpression: '#kind = :kind AND #position >= :from',
    ExpressionAttributeNames: { '#kind': 'Kind', '#position': 'Position' },
    ExpressionAttributeValues: { ':kind': kind, ':from': from },
    ScanIndexForward: false,
    Limit: limit + 1,
    ExclusiveStartKey:
      after === undefined ? undefined : { ...keyOf(after), Kind: kind, Position: positionOf(after) },
  };
  return { from, query };
};

const ofOneName = ({ name, since, after, limit }: EventQuery): Source => {
  const from = firstPosition(since);
  const query = {
    KeyConditionExpression: 'PK = :partition AND SK BETWEEN :from AND :to',
    ExpressionAttributeValues: {
      ':partition': partition(name),
      ':from': sortKey(from),
      ':to': sortKey('~'),
    },
    ScanIndexForward: false,
    Limit: limit + 1,
    ExclusiveStartKey: after === undefined ? undefined : keyOf(after),
  };
  return { from, query };
};

async function* itemsOf(documents: Documents, query: Query): AsyncGenerator<Item> {
  let start = query.ExclusiveStartKey;
  do {
    const page = await documents.query({ ...query, ExclusiveStartKey: start });
    for (const item of page.items) yield Item.parse(item);
    start = page.next;
  } while (start);
}

/** Several lists, each the newest first, as one. */
async function* newestFirst(lists: readonly AsyncGenerator<Item>[]): AsyncGenerator<Item> {
  const heads = await Promise.all(lists.map((list) => list.next()));
  for (;;) {
    let newest: { readonly item: Item; readonly index: number } | undefined;
    for (const [index, head] of heads.entries()) {
      if (!head.done && (!newest || head.value.Position > newest.item.Position)) {
        newest = { item: head.value, index };
      }
    }
    if (!newest) return;
    yield newest.item;
    const list = lists[newest.index];
    if (list) heads[newest.index] = await list.next();
  }
}

/** A page ends at an item; its position and its partition, which may hold spaces, find it again. */
const positionOf = (after: string): string => after.slice(0, after.indexOf(' '));
const keyOf = (after: string) => ({
  PK: after.slice(after.indexOf(' ') + 1),
  SK: sortKey(positionOf(after)),
});
const isOfName = (after: string, name: string): boolean => keyOf(after).PK === partition(name);
