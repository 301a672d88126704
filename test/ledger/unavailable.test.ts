import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { deadlineIn } from '../../src/activation/deadline.ts';
import { LedgerUnavailable } from '../../src/activation/errors.ts';
import { InstanceName } from '../../src/activation/instance-name.ts';
import { createDocuments } from '../../src/ledger/documents.ts';
import { startEmbeddedDynamoDb } from '../../src/local/embedded-dynamodb.ts';
import { nodeId, seconds } from '../activation/records.ts';
import { connect, named, type Table } from './tables.ts';

const HOST = InstanceName.parse('host-1');
const calls: [string, (table: Table) => Promise<unknown>][] = [
  ['read', ({ ledger }) => ledger.read(HOST)],
  ['replace', ({ ledger }) => ledger.replace(undefined, named('host-1'))],
  ['list', ({ ledger }) => ledger.list({ prefix: '', limit: 1 })],
  ['nameOf', ({ ledger }) => ledger.nameOf(nodeId('a'))],
  ['due', ({ ledger }) => ledger.due(seconds(0), 1)],
  ['check', ({ ledger }) => ledger.check()],
  [
    'append',
    ({ events }) =>
      events.append({ id: randomUUID(), at: seconds(0), kind: 'NodeLinked', actor: { kind: 'sweep' } }),
  ],
  ['list of events', ({ events }) => events.list({ limit: 1 })],
];

test.each(calls)(
  '%s of a ledger that cannot be reached says so, and when to try again',
  async (_name, call) => {
    const client = new DynamoDBClient({
      endpoint: 'http://127.0.0.1:1',
      region: 'local',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });

    const hurried = { deadline: deadlineIn(500, { clock: () => new Date() }) };
    const error = await call(connect(client, 'ledger', hurried)).catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(LedgerUnavailable);
    expect(error).toMatchObject({ code: 'LedgerUnavailable', cause: { code: 'ECONNREFUSED' } });
    expect(error).toMatchObject({ retryAfterSeconds: expect.toSatisfy((seconds: number) => seconds > 0) });
  },
);

test('a table that is not there is for an operator to look at', async () => {
  const { client, close } = await startEmbeddedDynamoDb('the-table');
  try {
    await expect(connect(client, 'another-table').ledger.check()).rejects.toMatchObject({
      code: 'LedgerRefused',
      cause: { name: 'ResourceNotFoundException' },
    });
  } finally {
    await close();
  }
});

test('a task whose time has passed is told so, and nobody blames the ledger', async () => {
  const { client, close } = await startEmbeddedDynamoDb('the-table');
  try {
    const caller = { sleep: async () => {}, random: Math.random, onFailedCall: () => {} };
    const deadline = deadlineIn(0, { clock: () => new Date() });
    const documents = createDocuments(client, 'the-table', caller)({ deadline });

    await expect(documents.get({ PK: 'a', SK: 'a' })).rejects.toMatchObject({ code: 'ServiceUnavailable' });
  } finally {
    await close();
  }
});
