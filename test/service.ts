import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import { deadlineIn, type Task } from '../src/activation/deadline.ts';
import type { Ports, PortsFor } from '../src/activation/ports.ts';
import { sweep } from '../src/activation/sweep.ts';
import { createContext } from '../src/context.ts';
import { buildApp } from '../src/http/app.ts';
import type { AppContext } from '../src/http/app-context.ts';
import { byOperatorKey } from '../src/http/operator-key.ts';
import type { Faults } from '../src/local/aws/faults.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../src/local/aws/server.ts';
import { LOCAL_CREDENTIALS } from '../src/local/credentials.ts';
import { startEmbeddedDynamoDb } from '../src/local/embedded-dynamodb.ts';
import { LOCAL_POLICY } from '../src/policy/local-policy.ts';
import type { Policy } from '../src/policy/policy.ts';
import { NO_LOG } from '../src/service-log.ts';
import { refuseOversizedItems } from './ledger/item-size.ts';

export const REGION = 'eu-west-1';
export const OPERATOR_KEY = 'operator-key-of-the-tests';
export const OPERATOR = { authorization: `Bearer ${OPERATOR_KEY}` };
/** The checkout. */
export const SERVED_FROM = new URL('../', import.meta.url);
const TABLE = 'ssm-activation-test';

/** A clock that stands still until it is moved. */
export const createTestClock = (start = new Date('2026-11-21T10:00:00Z')) => {
  let now = start.getTime();
  return {
    now: () => new Date(now),
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
  };
};
export type TestClock = ReturnType<typeof createTestClock>;

/** The time of day, for tests of what happens at once. */
export const realClock = (): TestClock => ({
  now: () => new Date(),
  advance: () => {
    throw new Error('nobody moves the time of day');
  },
});

/** A task whose deadline no test comes near, however it moves its clock. */
export const unhurried = (): Task => ({ deadline: deadlineIn(3_600_000, { clock: () => new Date() }) });

/** The whole service on the embedded AWS, in this process. */
export interface TestService {
  readonly app: FastifyInstance;
  readonly context: Omit<AppContext, 'operators'>;
  readonly portsFor: PortsFor;
  /** For a task that is in no hurry. */
  readonly ports: Ports;
  readonly aws: EmbeddedAws;
  /** Systems Manager itself, to look behind the service's back. */
  readonly ssm: SSMClient;
  /** The ledger's table itself, likewise. */
  readonly table: { readonly client: DynamoDBClient; readonly tableName: string };
  readonly clock: TestClock;
  /** Change them while the service runs. */
  readonly faults: Faults;
  /** The operations that the embedded Systems Manager was asked for, in order. */
  readonly calls: { readonly operation: string; readonly code: string }[];
  sweep(): ReturnType<typeof sweep>;
}

export interface TestServiceOptions {
  readonly clock?: TestClock;
  readonly ssmPerSecond?: number;
}

/** Starts a service that ends with the test. */
export const startService = async (
  changes: Partial<AppContext> = {},
  policy: Policy = LOCAL_POLICY,
  { clock = createTestClock(), ssmPerSecond }: TestServiceOptions = {},
): Promise<TestService> => {
  const faults: Faults = {};
  const calls: TestService['calls'] = [];
  const aws = await startEmbeddedAws({
    host: '127.0.0.1',
    port: 0,
    region: REGION,
    clock: clock.now,
    faults,
    onCall: (call) => calls.push(call),
  });
  const dynamoDb = await startEmbeddedDynamoDb(TABLE);
  refuseOversizedItems(dynamoDb.client);
  const ssm = new SSMClient({
    endpoint: aws.url,
    region: REGION,
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 1,
  });
  const service = createContext(
    { ssm, dynamoDb: dynamoDb.client, settlingSeconds: 1 },
    {
      policy,
      tableName: TABLE,
      nodeRole: 'service-role/ssm-node',
      region: REGION,
      clock: clock.now,
      ssmPerSecond,
      log: NO_LOG,
    },
  );
  const context = { ...service, servedFrom: SERVED_FROM };
  const app = buildApp({
    ...context,
    operators: byOperatorKey(OPERATOR_KEY),
    random: () => 0.5,
    ...changes,
  });
  const { portsFor } = context;
  const ports = portsFor(unhurried());
  await app.ready();
  onTestFinished(async () => {
    await app.close();
    ssm.destroy();
    await Promise.all([dynamoDb.close(), aws.close()]);
  });
  return {
    app,
    context,
    portsFor,
    ports,
    aws,
    ssm,
    table: { client: dynamoDb.client, tableName: TABLE },
    clock,
    faults,
    calls,
    sweep: () => sweep(portsFor({ deadline: deadlineIn(60_000, { clock: clock.now }) })),
  };
};
