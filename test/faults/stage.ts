import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { startEmbeddedAws } from '../../src/local/aws/server.ts';
import { LOCAL_CREDENTIALS } from '../../src/local/credentials.ts';
import { createTableOnce, startEmbeddedDynamoDb } from '../../src/local/embedded-dynamodb.ts';
import { createSimulatedMachine, type SimulatedMachine } from '../../src/local/simulated-machine.ts';
import { type FaultProxy, startFaultProxy } from './proxy/fault-proxy.ts';

export const REGION = 'eu-west-1';
/** Names that no policy lets a machine have begin with another word. */
export const LET_IN = 'web';
const POLICY = {
  joinTokens: { tags: { allowed: { '*': ['*'] } } },
  network: [{ cidrs: ['127.0.0.0/8'], names: [`${LET_IN}-*`], tags: { allowed: { '*': ['*'] } } }],
  // What the embedded Systems Manager says does not lag.
  nodes: { settlingSeconds: 1 },
};
/** Making one takes long. */
const keyPair = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** AWS as a service meets it that runs beside, with a fault proxy before each of the two services that it calls. */
export interface Stage {
  readonly ledger: FaultProxy;
  readonly systemsManager: FaultProxy;
  /** What a process of the service is started with to work here. */
  readonly environment: Readonly<Record<string, string>>;
  /** A folder of its own. */
  readonly directory: string;
  /** Systems Manager itself, to look behind the service's back. */
  readonly ssm: SSMClient;
  machine(name: string): SimulatedMachine;
  heal(): Promise<void>;
  close(): Promise<void>;
}

/** A DynamoDB that stages share, each with a table of its own. */
export interface SharedDynamoDb {
  readonly client: DynamoDBClient;
  readonly port: number;
}

const startLedger = async (tableName: string, shared: SharedDynamoDb | undefined) => {
  if (!shared) {
    const { socketPath, close } = await startEmbeddedDynamoDb(tableName);
    return { address: { socketPath }, close };
  }
  await createTableOnce(shared.client, tableName);
  return { address: { port: shared.port }, close: async () => {} };
};

export const startStage = async (sharedDynamoDb?: SharedDynamoDb): Promise<Stage> => {
  const tableName = `faults-${randomUUID()}`;
  const directory = await mkdtemp(join(tmpdir(), 'faults-'));
  const policyFile = join(directory, 'policy.json');
  await writeFile(policyFile, JSON.stringify(POLICY));
  const aws = await startEmbeddedAws({ host: '127.0.0.1', port: 0, region: REGION, clock: () => new Date() });
  const dynamoDb = await startLedger(tableName, sharedDynamoDb);
  const ledger = await startFaultProxy(dynamoDb.address);
  const systemsManager = await startFaultProxy({ port: Number(new URL(aws.url).port) });
  const ssm = new SSMClient({ endpoint: aws.url, region: REGION, credentials: LOCAL_CREDENTIALS });
  return {
    ledger,
    systemsManager,
    environment: {
      POLICY_FILE: policyFile,
      TABLE_NAME: tableName,
      NODE_ROLE: 'ssm-node',
      SSM_MAX_TPS: '1000',
      AWS_REGION: REGION,
      // DynamoDB Local has other tables for other keys.
      AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
      AWS_ENDPOINT_URL_SSM: systemsManager.url,
      AWS_ENDPOINT_URL_DYNAMODB: ledger.url,
    },
    directory,
    ssm,
    machine: (computerName) =>
      createSimulatedMachine({ endpoint: aws.url, region: REGION, computerName, keyPair }),
    heal: async () => {
      await Promise.all([ledger.heal(), systemsManager.heal()]);
    },
    close: async () => {
      ssm.destroy();
      await Promise.all([ledger.close(), systemsManager.close()]);
      await Promise.all([aws.close(), dynamoDb.close()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
};
