import * as z from 'zod';
import { ActivationEvent } from '../activation/events.ts';
import type { EventLog, EventQuery } from '../activation/ports.ts';
import type { Documents } from './documents.ts';
import { BY_KIND } from './table.ts';

/** How long the audit trail goes back. */
const RETENTION_DAYS = 90;

const Item = z.lazy(() => z.looseObject({ PK: z.string(), Position: z.string(), Event: ActivationEvent }));

const partition = (name: string | undefined) => `name#${name ?? ''}`;
const sortKey = (position: string) => `event#${position}`;

/** The audit trail on the DynamoDB API: items that sort by time, beside the name that they are about. */
export const createDynamoDbEventLog = (documents: Documents): EventLog => ({
  append: async (event) => {
    const position = `${event.at.toISOString()}#${event.id}`;
    await documents.put({
      PK: partition(event.name),
      SK: sortKey(position),
      Kind: 'event',
      Position: position,
      ExpiresAt: Math.floor(event.at.getTime() / 1000) + RETENTION_DAYS * 86_400,
      Event: event,
    });
  },

  list: async (query) => {
    // DynamoDB refuses to begin outside of what is asked for; a cursor of another question has nothing after it.
    if (query.after !== undefined && !isWithin(query, query.after)) return { events: [] };
    const condition = query.name === undefined ? amongAll(query) : ofOneName(query.name, query);
    const page = await documents.query({ ...condition, ScanIndexForward: false, Limit: query.limit });
    const items = page.items.map((item) => Item.parse(item));
    const last = items.at(-1);
    const next = page.next && last ? `${last.Position} ${last.PK}` : undefined;
    return { events: items.map(({ Event }) => Event), next };
  },
});

const from = (since: Date | undefined): string => since?.toISOString() ?? '0';

const amongAll = ({ since, after }: EventQuery) => ({
  IndexName: BY_KIND,
  KeyConditionExpression: '#kind = :kind AND #position >= :from',
  ExpressionAttributeNames: { '#kind': 'Kind', '#position': 'Position' },
  ExpressionAttributeValues: { ':kind': 'event', ':from': from(since) },
  ExclusiveStartKey:
    after === undefined ? undefined : { ...keyOf(after), Kind: 'event', Position: positionOf(after) },
});

const ofOneName = (name: string, { since, after }: EventQuery) => ({
  KeyConditionExpression: 'PK = :partition AND SK BETWEEN :from AND :to',
  ExpressionAttributeValues: {
    ':partition': partition(name),
    ':from': sortKey(from(since)),
    ':to': sortKey('~'),
  },
  ExclusiveStartKey: after === undefined ? undefined : keyOf(after),
});

const isWithin = ({ name, since }: EventQuery, after: string): boolean =>
  positionOf(after) >= from(since) && (name === undefined || keyOf(after).PK === partition(name));

/** A page ends at an item; its position and its partition, which may hold spaces, find it again. */
const positionOf = (after: string): string => after.slice(0, after.indexOf(' '));
const keyOf = (after: string) => ({
  PK: after.slice(after.indexOf(' ') + 1),
  SK: sortKey(positionOf(after)),
});
