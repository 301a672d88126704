import { randomUUID } from 'node:crypto';
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { InstanceName } from '../../src/activation/instance-name.ts';
import type { EventLog, Ledger } from '../../src/activation/ports.ts';
import { type NameRecord, unseen } from '../../src/activation/record.ts';
import { createDocuments } from '../../src/ledger/documents.ts';
import { createDynamoDbEventLog } from '../../src/ledger/dynamodb-events.ts';
import { createDynamoDbLedger } from '../../src/ledger/dynamodb-ledger.ts';
import { createTableOnce } from '../../src/local/embedded-dynamodb.ts';

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

export const connect = (client: DynamoDBClient, tableName: string): Table => {
  const documents = createDocuments(client, tableName);
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

/** An item as the API itself has it. */
export const itemOf = async ({ client, tableName }: Table, PK: string, SK: string) => {
  const Key = { PK: { S: PK }, SK: { S: SK } };
  const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key }));
  return Item;
};
