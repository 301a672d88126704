import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { SSMClient } from '@aws-sdk/client-ssm';
import { clientOptions } from '../aws/client-options.ts';
import type { Backend } from '../backend.ts';
import type { Faults } from './aws/faults.ts';
import { mostOf } from './aws/lag.ts';
import { startEmbeddedAws } from './aws/server.ts';
import { localCredentials } from './credentials.ts';
import { startEmbeddedDynamoDb } from './embedded-dynamodb.ts';
import { makePrivate } from './private-directory.ts';

export interface LocalBackendOptions {
  readonly host: string;
  /** Further names that the embedded AWS answers to. */
  readonly hosts?: readonly string[];
  readonly port: number;
  readonly region: string;
  /** What operators of the embedded AWS sign with; absent, nobody but this process can. */
  readonly operatorSecret?: string | undefined;
  readonly tableName: string;
  readonly faults: Faults;
  /** Absent, everything is kept in memory. */
  readonly directory?: string | undefined;
  readonly clock: () => Date;
  readonly connectionLostAfterMs?: number;
  /** Told what the clients of AWS warn of. */
  readonly warning: (text: string) => void;
  /** Called when a machine has registered. */
  readonly onRegistration: () => void;
}

/** The embedded AWS in place of AWS. */
export const startLocalBackend = async (options: LocalBackendOptions): Promise<Backend> => {
  const { directory, region, operatorSecret = randomBytes(24).toString('base64url') } = options;
  if (directory) await makePrivate(directory);
  const aws = await startEmbeddedAws({
    host: options.host,
    hosts: options.hosts ?? [],
    operatorSecret,
    port: options.port,
    region,
    clock: options.clock,
    faults: options.faults,
    ...(options.connectionLostAfterMs && { connectionLostAfterMs: options.connectionLostAfterMs }),
    ...(directory && { dataDir: join(directory, 'aws') }),
    onEvent: options.onRegistration,
  });
  const ledger = directory && join(directory, 'ledger');
  const dynamoDb = await startEmbeddedDynamoDb(options.tableName, ledger, options.warning).catch(
    async (error: unknown) => {
      await aws.close();
      throw error;
    },
  );
  const credentials = localCredentials(operatorSecret);
  const client = { endpoint: aws.url, region, credentials, ...clientOptions(options.warning) };
  const ssm = new SSMClient(client);
  return {
    embeddedUrl: aws.url,
    settlingSeconds: 1 + Math.ceil(mostOf(options.faults.lagMs ?? 0) / 1000),
    ssm,
    dynamoDb: dynamoDb.client,
    close: async () => {
      ssm.destroy();
      await Promise.all([dynamoDb.close(), aws.close()]);
    },
  };
};
