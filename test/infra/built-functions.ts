import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as z from 'zod';
import { buildFunctions } from '../../build.ts';
import type { SsmEvent } from '../../src/local/aws/events.ts';
import type { Faults } from '../../src/local/aws/faults.ts';
import { startEmbeddedAws } from '../../src/local/aws/server.ts';
import { startEmbeddedDynamoDb } from '../../src/local/embedded-dynamodb.ts';
import { openDoorway } from '../ledger/listening-dynamodb.ts';
import { REGION } from './synthesis.ts';

const TABLE = 'ssm-activation-built';
const POLICY = {
  joinTokens: {},
  network: [
    { cidrs: ['127.0.0.0/8'], names: ['loopback-*'] },
    { cidrs: ['10.0.0.0/8'], names: ['*'], tags: { allowed: { '*': ['*'] } } },
  ],
};

const Sent = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({ id: z.int(), answer: z.unknown() }),
  z.object({ id: z.int(), error: z.string() }),
]);

/** Resolves to what the function answered; rejects with what it threw. Lambda would end it after so long. */
export type Invoke = (event: unknown, limitMs?: number) => Promise<unknown>;

/**
 * The functions' bundles as they are deployed, each in a process of its own, on the embedded AWS. For many events: Lambda's
 * own runtime, which must be compiled, is in `deployment.ts`.
 */
export const startBuiltFunctions = async () => {
  const directory = mkdtempSync(join(tmpdir(), 'built-'));
  const policyFile = join(directory, 'policy.json');
  writeFileSync(policyFile, JSON.stringify(POLICY));
  const events: SsmEvent[] = [];
  const faults: Faults = {};
  const calls: { readonly operation: string; readonly code: string }[] = [];
  const aws = await startEmbeddedAws({
    host: '127.0.0.1',
    port: 0,
    region: REGION,
    clock: () => new Date(),
    onEvent: (event) => events.push(event),
    onCall: (call) => calls.push(call),
    faults,
  });
  const dynamoDb = await startEmbeddedDynamoDb(TABLE);
  const doorway = await openDoorway(dynamoDb);
  const bundles = await buildFunctions(directory);
  const environment = {
    POLICY_FILE: policyFile,
    TABLE_NAME: TABLE,
    NODE_ROLE: 'ssm-node',
    SSM_MAX_TPS: '1000',
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_SSM: aws.url,
    AWS_ENDPOINT_URL_DYNAMODB: doorway.url,
  };
  const api = await startFunction(bundles.api, environment);
  const worker = await startFunction(bundles.worker, environment);
  return {
    api,
    worker,
    /** What SSM told EventBridge. */
    events,
    /** What is wrong with SSM. */
    faults,
    /** What SSM was asked for. */
    calls,
    awsUrl: aws.url,
    close: async () => {
      await Promise.all([api.close(), worker.close()]);
      doorway.close();
      await Promise.all([aws.close(), dynamoDb.close()]);
      rmSync(directory, { recursive: true });
    },
  };
};

/** A built function in a process of its own. */
export const startFunction = async (folder: string, environment: Readonly<NodeJS.ProcessEnv>) => {
  const entry = fileURLToPath(new URL('function-process.ts', import.meta.url));
  const child = fork(entry, [pathToFileURL(join(folder, 'index.mjs')).href], {
    env: environment,
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      output += data.toString();
    });
  }
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const ready = Promise.withResolvers<void>();
  child.on('message', (message) => {
    const sent = Sent.parse(message);
    if ('ready' in sent) return ready.resolve();
    const invocation = waiting.get(sent.id);
    waiting.delete(sent.id);
    if ('error' in sent) invocation?.reject(new Error(sent.error));
    else invocation?.resolve(sent.answer);
  });
  const ended = once(child, 'exit').then(() => {
    const error = new Error(`the function's process ended:\n${output}`);
    ready.reject(error);
    for (const { reject } of waiting.values()) reject(error);
  });
  await ready.promise;
  let invocations = 0;
  const invoke: Invoke = (event, limitMs) => {
    const invocation = Promise.withResolvers<unknown>();
    invocations += 1;
    waiting.set(invocations, invocation);
    child.send({ id: invocations, event, limitMs });
    return invocation.promise;
  };
  return {
    invoke,
    /** What it wrote to its log. */
    output: () => output,
    close: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};
