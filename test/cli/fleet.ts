import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { ActivationId, ManagedNodeId } from '../../src/activation/identifiers.ts';
import { InstanceName } from '../../src/activation/instance-name.ts';
import { type NameRecord, unseen } from '../../src/activation/record.ts';
import { createDocuments } from '../../src/ledger/documents.ts';
import { toItem } from '../../src/ledger/name-item.ts';
import { startEmbeddedDynamoDb } from '../../src/local/embedded-dynamodb.ts';

const TABLE = 'ssm-activation';
/** What one BatchWriteItem takes. */
const BATCH = 25;

const registered = (index: number): NameRecord => {
  const number = String(index).padStart(4, '0');
  const at = new Date('2026-11-21T10:00:00Z');
  return {
    ...unseen(InstanceName.parse(`node-${number}`), randomUUID()),
    node: {
      id: ManagedNodeId.parse(`mi-${String(index).padStart(17, '0')}`),
      activationId: ActivationId.parse(randomUUID()),
      principal: { proof: 'network', subject: '127.0.0.1', mayRejoin: false },
      registeredAt: at,
      linkedAt: at,
      seenOnline: true,
      tags: { Environment: index % 2 ? 'Prod' : 'Test', Role: 'web' },
      unappliedTags: [],
    },
  };
};

/** Puts registered nodes, `node-0000` and on, into the ledger of a server that does not run yet. */
export const seedNodes = async (dataDir: string, count: number): Promise<void> => {
  const dynamoDb = await startEmbeddedDynamoDb(TABLE, join(dataDir, 'ledger'));
  const documents = createDocuments(dynamoDb.client);
  for (let from = 0; from < count; from += BATCH) {
    const indexes = Array.from({ length: Math.min(BATCH, count - from) }, (_, offset) => from + offset);
    const puts = indexes.map((index) => ({ PutRequest: { Item: toItem(registered(index)) } }));
    await documents.send(new BatchWriteCommand({ RequestItems: { [TABLE]: puts } }));
  }
  await dynamoDb.close();
};
