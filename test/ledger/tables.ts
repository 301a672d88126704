import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { change } from '../../src/activation/change.ts';
import { InstanceName } from '../../src/activation/instance-name.ts';
import type { EventLog, Ledger } from '../../src/activation/ports.ts';
import { type NameRecord, unseen } from '../../src/activation/record.ts';
import { createDocuments, type Documents } from '../../src/ledger/documents.ts';
import { createDynamoDbEventLog } from '../../src/ledger/dynamodb-events.ts';
import { createDynamoDbLedger } from '../../src/ledger/dynamodb-ledger.ts';
import { createTableOnce } from '../../src/local/embedded-dynamodb.ts';
import { unhurried } from '../service.ts';

/** An implementation of the DynamoDB API that runs on this machine. */
export interface DynamoDbApi {
  readonly client: DynamoDBClient;
  close(): Promise<void>;
}

export interface Table {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly ledger: Ledger;
  readonly events: EventLog;
}

export type NewTable = () => Promise<Table>;
export type NewLedger = () => Promise<Pick<Table, 'ledger' | 'events'>>;

export const NO_EVENTS: EventLog = { append: async () => {}, list: async () => ({ events: [] }) };

const pause = async (milliseconds: number): Promise<void> => {
  await sleep(milliseconds);
};

/** The table for a task in no hurry. */
export const documentsOn = (client: DynamoDBClient, tableName: string, task = unhurried()): Documents => {
  const caller = { sleep: pause, random: Math.random, onFailedCall: () => {} };
  return createDocuments(client, tableName, caller)(task);
};

export const connect = (client: DynamoDBClient, tableName: string, task = unhurried()): Table => {
  const documents = documentsOn(client, tableName, task);
  return {
    client,
    tableName,
    ledger: createDynamoDbLedger(documents),
    events: createDynamoDbEventLog(documents),
  };
};

/** Starts the API once for the tests around, and gives each of them a table of its own. */
export const useTables = (start: () => Promise<DynamoDbApi>): NewTable => {
  let api: DynamoDbApi | undefined;
  beforeAll(async () => {
    api = await start();
  });
  afterAll(() => api?.close());
  return async () => {
    if (!api) throw new Error('the DynamoDB API was not started');
    const tableName = `ledger-${randomUUID()}`;
    await createTableOnce(api.client, tableName);
    return connect(api.client, tableName);
  };
};

export const named = (name: string, changes: Partial<NameRecord> = {}): NameRecord => ({
  ...unseen(InstanceName.parse(name), randomUUID()),
  ...changes,
});

/** The record's next state. */
export const changed = (record: NameRecord, changes: Partial<NameRecord> = {}): NameRecord => ({
  ...record,
  ...changes,
  revision: randomUUID(),
});

/** Changes a name as the use cases do. */
export const changeAgain = (
  ledger: Ledger,
  name: InstanceName,
  changes: Partial<NameRecord> = {},
): Promise<NameRecord> =>
  change({ ledger, events: NO_EVENTS, newId: randomUUID }, name, (record) => ({ ...record, ...changes }));

/** An item as the API itself has it. */
export const itemOf = async ({ client, tableName }: Table, PK: string, SK: string) => {
  const Key = { PK: { S: PK }, SK: { S: SK } };
  const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key }));
  return Item;
};
