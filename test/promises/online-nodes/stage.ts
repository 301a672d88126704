import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { SSMClient } from '@aws-sdk/client-ssm';
import { deadlineIn } from '../../../src/activation/deadline.ts';
import type { Ledger, Ports, PortsFor } from '../../../src/activation/ports.ts';
import type { Faults } from '../../../src/local/aws/faults.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../src/local/aws/server.ts';
import { LOCAL_CREDENTIALS } from '../../../src/local/credentials.ts';
import { createPace } from '../../../src/ssm/pace.ts';
import { createSystemsManager } from '../../../src/ssm/systems-manager.ts';
import { createInMemoryLedger } from '../../ledger/in-memory-ledger.ts';
import { createTestClock, REGION, type TestClock } from '../../service.ts';
import { interruptible, type Reach } from '../interruptible.ts';
import { Chronicle, SILENT_MS } from './chronicle.ts';

/** Making one takes long; all machines share it. */
export const keyPair = generateKeyPairSync('rsa', { modulusLength: 2048 });

export const SETTLING_MS = 5 * 60_000;

/** The use cases, a Systems Manager whose answers lag by as much as they may, and a clock that only the play moves. */
export interface Stage {
  readonly aws: EmbeddedAws;
  readonly clock: TestClock;
  readonly chronicle: Chronicle;
  /** The process that callers reach; another takes its place when it is killed. */
  readonly process: Reach;
  /** Its ports, for a request or for work that must end by then. */
  ports(withinMs?: number): Ports;
  restart(): void;
  /** A process that was held up goes on. */
  resume(held: Reach): void;
  /** Sees what Systems Manager truly has. */
  truly<T>(look: (ssm: SSMClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const WAYS: Faults = {
  lagMs: { from: 0, to: SETTLING_MS - 1 },
  unknownForMs: { from: 0, to: SETTLING_MS - 1 },
  sparsePages: 0.1,
};

export const startStage = async (random: () => number): Promise<Stage> => {
  const clock = createTestClock();
  const faults: Faults = { ...WAYS };
  const chronicle = new Chronicle(clock.now);
  const aws = await startEmbeddedAws({
    host: '127.0.0.1',
    port: 0,
    region: REGION,
    clock: clock.now,
    faults,
    random,
    connectionLostAfterMs: SILENT_MS,
    onEvent: (event) => {
      const [node = ''] = Object.values(event.detail);
      if (event['detail-type'] === 'SSM Managed Instance Deregistration') chronicle.deregisters(node);
    },
  });
  const ssm = new SSMClient({
    endpoint: aws.url,
    region: REGION,
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 1,
  });
  /** Waiting takes no time but the clock's. */
  const sleep = async (milliseconds: number) => clock.advance(milliseconds);
  const kept = createInMemoryLedger();
  const ledger: Ledger = {
    ...kept,
    replace: async (previous, next) => {
      const isReplaced = await kept.replace(previous, next);
      if (isReplaced) chronicle.writes(previous, next);
      return isReplaced;
    },
  };
  const newProcess = () => {
    const systemsManagerFor = createSystemsManager({
      client: ssm,
      caller: {
        pace: createPace(undefined, clock.now, sleep),
        clock: clock.now,
        sleep,
        random,
        onFailedCall: () => {},
      },
      nodeRole: 'service-role/ssm-node',
    });
    const portsFor: PortsFor = (task) => ({
      deadline: task.deadline,
      ledger,
      // What the audit trail holds is judged elsewhere.
      events: { append: async () => {}, list: async () => ({ events: [] }) },
      systemsManager: (withinMs = 3_600_000) =>
        systemsManagerFor({ ...task, deadline: task.deadline.earlierBy(2_000).within(withinMs) }),
      clock: clock.now,
      settlingMs: SETTLING_MS,
      newId: randomUUID,
    });
    return interruptible(portsFor);
  };
  let process = newProcess();
  return {
    aws,
    clock,
    chronicle,
    get process() {
      return process;
    },
    ports: (withinMs = 22_000) => process.portsFor({ deadline: deadlineIn(withinMs, { clock: clock.now }) }),
    restart: () => {
      process = newProcess();
    },
    resume: (held) => {
      process = held;
    },
    truly: async (look) => {
      for (const way of Object.keys(WAYS)) Reflect.deleteProperty(faults, way);
      try {
        return await look(ssm);
      } finally {
        Object.assign(faults, WAYS);
      }
    },
    close: async () => {
      ssm.destroy();
      await aws.close();
    },
  };
};
