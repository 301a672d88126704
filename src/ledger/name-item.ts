import * as z from 'zod';
import { type InstanceName, StoredName } from '../activation/instance-name.ts';
import { NameRecord } from '../activation/record.ts';
import type { Document } from './attributes.ts';

const Item = z.lazy(() => z.looseObject({ Record: NameRecord }));
const Key = z.lazy(() => z.looseObject({ PK: z.string() }));

export const nameKey = (name: InstanceName) => ({ PK: `name#${name}`, SK: 'name' });

/** Where a name stands in the index by kind, which is in the order of names. */
export const kindPosition = (name: InstanceName) => ({ Kind: 'name', Position: name });

/** The item of a record, with the attributes that put it into the indexes it belongs in. */
export const toItem = (record: NameRecord): Document => ({
  ...nameKey(record.name),
  ...kindPosition(record.name),
  Revision: record.revision,
  // Operators meet the id of a node that waits to be judged in events and in Systems Manager.
  NodeId: record.node?.id ?? record.newcomer?.id,
  Unfinished: record.dueAt && 'name',
  DueAt: record.dueAt,
  Record: record,
});

export const fromItem = (item: unknown): NameRecord => Item.parse(item).Record;

/** The name in a key, as the indexes that hold keys only give it. */
export const nameOfKey = (key: unknown): InstanceName =>
  StoredName.parse(Key.parse(key).PK.slice('name#'.length));
