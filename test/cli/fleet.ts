import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { ActivationId, ManagedNodeId } from '../../src/activation/identifiers.ts';
import { InstanceName } from '../../src/activation/instance-name.ts';
import { type LinkedNode, type NameRecord, unseen } from '../../src/activation/record.ts';
import { toAttributes } from '../../src/ledger/attributes.ts';
import { toItem } from '../../src/ledger/name-item.ts';
import { openJournal } from '../../src/local/aws/journal.ts';
import { loadState } from '../../src/local/aws/state.ts';
import { startEmbeddedDynamoDb } from '../../src/local/embedded-dynamodb.ts';

const TABLE = 'ssm-activation';
/** What one BatchWriteItem takes. */
const BATCH = 25;

export const seededName = (index: number): InstanceName =>
  InstanceName.parse(`node-${String(index).padStart(4, '0')}`);
export const seededId = (index: number): ManagedNodeId =>
  ManagedNodeId.parse(`mi-${String(index).padStart(17, '0')}`);
export const seededAddress = (index: number): string => `10.0.${index >> 8}.${index & 255}`;

export const registeredNode = (
  index: number,
  registeredAt: Date,
): NameRecord & { readonly node: LinkedNode } => ({
  ...unseen(seededName(index), randomUUID()),
  node: {
    id: seededId(index),
    activationId: ActivationId.parse(randomUUID()),
    principal: { proof: 'network', subject: '127.0.0.1', mayRejoin: false },
    registeredAt,
    linkedAt: registeredAt,
    seenOnline: true,
    tags: { Environment: index % 2 ? 'Prod' : 'Test', Role: 'web' },
    unappliedTags: [],
  },
});

/**
 * Puts registered nodes that are online, `node-0000` and on, into the data directory of a server that does not run
 * yet: what it would hold had they registered, written by the code that writes it then.
 */
export const seedNodes = async (dataDir: string, count: number): Promise<void> => {
  const now = new Date();
  const records = Array.from({ length: count }, (_, index) => registeredNode(index, now));
  await Promise.all([seedLedger(dataDir, records), seedSystemsManager(dataDir, records)]);
};

const seedLedger = async (dataDir: string, records: readonly NameRecord[]): Promise<void> => {
  const dynamoDb = await startEmbeddedDynamoDb(TABLE, join(dataDir, 'ledger'));
  for (let from = 0; from < records.length; from += BATCH) {
    const puts = records
      .slice(from, from + BATCH)
      .map((record) => ({ PutRequest: { Item: toAttributes(toItem(record)) } }));
    await dynamoDb.client.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: puts } }));
  }
  await dynamoDb.close();
};

const seedSystemsManager = async (
  dataDir: string,
  records: readonly ReturnType<typeof registeredNode>[],
): Promise<void> => {
  const journal = await openJournal(join(dataDir, 'aws'));
  const { nodes } = await loadState(journal);
  const puts = records.map(({ name, node }, index) =>
    nodes.put({
      id: node.id,
      serial: nodes.nextSerial,
      activationId: node.activationId,
      name,
      iamRole: 'ssm-activation-node',
      registeredAt: node.registeredAt.getTime(),
      // These machines have no key: none of them calls again.
      fingerprint: node.id,
      publicKey: '',
      tags: Object.entries(node.tags).map(([Key, Value]) => ({ Key, Value })),
      lastPingAt: node.registeredAt.getTime(),
      report: { AgentVersion: '3.3.0.0', IPAddress: seededAddress(index), ComputerName: name },
    }),
  );
  await Promise.all(puts);
  await journal.close();
};
