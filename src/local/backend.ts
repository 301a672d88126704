import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Backend } from '../backend.ts';
import type { Faults } from './aws/faults.ts';
import { startEmbeddedAws } from './aws/server.ts';
import { LOCAL_CREDENTIALS } from './credentials.ts';
import { startEmbeddedDynamoDb } from './embedded-dynamodb.ts';

export interface LocalBackendOptions {
  readonly host: string;
  readonly port: number;
  readonly region: string;
  readonly tableName: string;
  readonly faults: Faults;
  /** Absent, everything is kept in memory. */
  readonly directory?: string | undefined;
  readonly clock: () => Date;
  readonly connectionLostAfterMs?: number;
  /** Called when a machine has registered. */
  readonly onRegistration: () => void;
}

/** The embedded AWS in place of AWS. */
export const startLocalBackend = async (options: LocalBackendOptions): Promise<Backend> => {
  const { directory, region } = options;
  if (directory) await mkdir(directory, { recursive: true, mode: 0o700 });
  const aws = await startEmbeddedAws({
    host: options.host,
    port: options.port,
    region,
    clock: options.clock,
    faults: options.faults,
    ...(options.connectionLostAfterMs && { connectionLostAfterMs: options.connectionLostAfterMs }),
    ...(directory && { dataDir: join(directory, 'aws') }),
    onEvent: options.onRegistration,
  });
  const dynamoDb = await startEmbeddedDynamoDb(options.tableName, directory && join(directory, 'ledger'));
  const ssm = new SSMClient({ endpoint: aws.url, region, credentials: LOCAL_CREDENTIALS, maxAttempts: 1 });
  return {
    embeddedUrl: aws.url,
    ssm,
    dynamoDb: dynamoDb.client,
    close: async () => {
      ssm.destroy();
      await Promise.all([dynamoDb.close(), aws.close()]);
    },
  };
};
