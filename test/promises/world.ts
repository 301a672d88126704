import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { deadlineIn } from '../../src/activation/deadline.ts';
import type { Ports, PortsFor } from '../../src/activation/ports.ts';
import { sweep } from '../../src/activation/sweep.ts';
import { createDocuments } from '../../src/ledger/documents.ts';
import { createDynamoDbEventLog } from '../../src/ledger/dynamodb-events.ts';
import { createDynamoDbJoinTokens } from '../../src/ledger/dynamodb-join-tokens.ts';
import { createDynamoDbLedger } from '../../src/ledger/dynamodb-ledger.ts';
import { createDynamoDbVerdict } from '../../src/ledger/dynamodb-verdict.ts';
import type { Faults } from '../../src/local/aws/faults.ts';
import { startEmbeddedAws } from '../../src/local/aws/server.ts';
import { LOCAL_CREDENTIALS } from '../../src/local/credentials.ts';
import { createTableOnce, type EmbeddedDynamoDb } from '../../src/local/embedded-dynamodb.ts';
import { Policy } from '../../src/policy/policy.ts';
import { createPace } from '../../src/ssm/pace.ts';
import { createSystemsManager } from '../../src/ssm/systems-manager.ts';
import { refuseOversizedItems } from '../ledger/item-size.ts';
import { createTestClock, REGION, type TestClock, unhurried } from '../service.ts';
import { type Process, startProcess } from './process.ts';

/** Making one takes long; all machines share it. */
export const keyPair = generateKeyPairSync('rsa', { modulusLength: 2048 });

export const FIXED_TAG = { key: 'Site', byToken: 'berlin', byNetwork: 'lan' };
const allowed = { Owner: ['*'], Role: ['*'] };
const POLICY = Policy.parse({
  joinTokens: { names: ['host-*'], tags: { fixed: { [FIXED_TAG.key]: FIXED_TAG.byToken }, allowed } },
  network: [
    {
      cidrs: ['10.0.0.0/8'],
      names: ['host-*'],
      tags: { fixed: { [FIXED_TAG.key]: FIXED_TAG.byNetwork }, allowed },
    },
  ],
});

/** Longer than any process holds a name that it does not write to. */
export const LEASE_MS = 31_000;
export const SETTLING_MS = 5 * 60_000;
/** After it Systems Manager has shown whatever happened before, and the sweep forgets what it no longer needs. */
export const SETTLED_MS = SETTLING_MS + 1_000;

/** The service, Systems Manager and a ledger of their own, and a clock that only tests and waiting move. */
export interface World {
  readonly clock: TestClock;
  /** Troubles that come and go; while there are any, the service may refuse what it should grant. */
  readonly faults: Faults;
  readonly ssm: SSMClient;
  readonly endpoint: string;
  /** Through which every process reaches its ledger. */
  readonly dynamoDb: DynamoDBClient;
  /** The process that callers reach. */
  readonly service: Process;
  /** Ports of no process, to look into the ledger with. */
  readonly ports: Ports;
  /** Another process takes the place of the one that was killed. */
  restart(): void;
  /** Does something through another process, as a second Lambda is. */
  elsewhere<T>(work: () => Promise<T>): Promise<T>;
  sweep(): ReturnType<typeof sweep>;
  /** Works on Systems Manager while nothing is wrong with it. */
  untroubled<T>(work: () => Promise<T>): Promise<T>;
  /** All that the service wrote: every item of the ledger, every line of its log. */
  traces(): Promise<string>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly seed?: number;
  /** How Systems Manager is all the time, such as late to show what was written; only `untroubled` sees through it. */
  readonly ways?: Faults;
}

export const startWorld = async (
  dynamoDb: EmbeddedDynamoDb,
  { seed = 1, ways = {} }: WorldOptions = {},
): Promise<World> => {
  const clock = createTestClock();
  const faults: Faults = {};
  let untroubledWorks = 0;
  /** A trouble comes before a way of the same kind. */
  const inForce: Faults = new Proxy(faults, {
    get: (troubles, key) =>
      Reflect.get(troubles, key) ?? (untroubledWorks > 0 ? undefined : Reflect.get(ways, key)),
  });
  const random = randomFrom(seed);
  const aws = await startEmbeddedAws({
    host: '127.0.0.1',
    port: 0,
    region: REGION,
    clock: clock.now,
    faults: inForce,
    random,
  });
  const ssm = new SSMClient({
    endpoint: aws.url,
    region: REGION,
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 1,
  });
  const tableName = `ledger-${randomUUID()}`;
  await createTableOnce(dynamoDb.client, tableName);
  refuseOversizedItems(dynamoDb.client);

  /** Waiting takes no time but the clock's. */
  const sleep = async (milliseconds: number) => clock.advance(milliseconds);
  const manner = { sleep, random, onFailedCall: () => {} };
  const documentsFor = createDocuments(dynamoDb.client, tableName, manner);
  const newPortsFor = (): PortsFor => {
    const systemsManagerFor = createSystemsManager({
      client: ssm,
      caller: { ...manner, pace: createPace(undefined, clock.now, sleep), clock: clock.now },
      nodeRole: 'service-role/ssm-node',
    });
    return (task) => ({
      deadline: task.deadline,
      ledger: createDynamoDbLedger(documentsFor(task)),
      events: createDynamoDbEventLog(documentsFor(task)),
      systemsManager: (withinMs = 3_600_000) =>
        systemsManagerFor({ ...task, deadline: task.deadline.earlierBy(2_000).within(withinMs) }),
      clock: clock.now,
      settlingMs: SETTLING_MS,
      newId: randomUUID,
    });
  };
  const lines: string[] = [];
  const another = () =>
    startProcess({
      portsFor: newPortsFor(),
      tokensFor: (task) => createDynamoDbJoinTokens(documentsFor(task)),
      verdictFor: (task) => createDynamoDbVerdict(documentsFor(task), randomUUID()),
      clock: clock.now,
      policy: POLICY,
      region: REGION,
      operators: ({ headers }) => (headers.authorization === undefined ? undefined : 'someone'),
      log: { write: (line) => void lines.push(line) },
    });
  let service = another();

  return {
    clock,
    faults,
    ssm,
    endpoint: aws.url,
    dynamoDb: dynamoDb.client,
    ports: newPortsFor()(unhurried()),
    get service() {
      return service;
    },
    restart: () => {
      service = another();
    },
    elsewhere: async (work) => {
      const held = service;
      service = another();
      try {
        return await work();
      } finally {
        service = held;
      }
    },
    sweep: () => sweep(service.portsFor({ deadline: deadlineIn(60_000, { clock: clock.now }) })),
    untroubled: async (work) => {
      const troubles = { ...faults };
      for (const key of Object.keys(faults)) Reflect.deleteProperty(faults, key);
      untroubledWorks += 1;
      try {
        return await work();
      } finally {
        untroubledWorks -= 1;
        Object.assign(faults, troubles);
      }
    },
    traces: async () => {
      const { Items = [] } = await dynamoDb.client.send(new ScanCommand({ TableName: tableName }));
      return JSON.stringify(Items) + lines.join('');
    },
    close: async () => {
      ssm.destroy();
      await aws.close();
    },
  };
};

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export const randomFrom = (seed: number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
