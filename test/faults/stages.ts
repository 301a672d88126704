import { setTimeout as sleep } from 'node:timers/promises';
import { startDynamoDbLocal } from '../ledger/dynamodb-local.ts';
import type { Door } from './door.ts';
import {
  type BuiltFunctions,
  buildForTests,
  startApiFunction,
  startWorkerFunction,
  type WorkerFunction,
} from './functions.ts';
import { startServed } from './served.ts';
import { REGION, type Stage, startStage } from './stage.ts';

/** A stage with all that stands on it: a server, the functions. */
interface Ensemble {
  readonly stage: Stage;
  /** Started when it is first wanted, as doors are. */
  worker(): Promise<WorkerFunction>;
  door(kind: Door['kind']): Promise<Door>;
  close(): Promise<void>;
}

/** A process looks into its readiness once in so long. */
const LOOKS_APART_MS = 5_200;

const startEnsemble = (build: () => Promise<BuiltFunctions>, stage: Stage): Ensemble => {
  let worker: Promise<WorkerFunction> | undefined;
  const doors = new Map<Door['kind'], Promise<Door>>();
  const start = {
    server: () => startServed(stage),
    lambda: async () => startApiFunction(await build(), stage),
  };
  return {
    stage,
    worker: () => {
      worker ??= build().then((bundles) => startWorkerFunction(bundles, stage));
      return worker;
    },
    door: (kind) => {
      const door = doors.get(kind) ?? start[kind]();
      doors.set(kind, door);
      return door;
    },
    close: async () => {
      await Promise.all([...doors.values()].map(async (door) => (await door).close()));
      await (await worker)?.close();
      await stage.close();
    },
  };
};

export type LedgerKind = 'embedded' | 'dynamodb-local';

interface Waiting {
  readonly ensemble: Ensemble;
  /** When a play last asked for readiness there. */
  readonly lookedAt: number;
}

/** Stages for plays side by side: each is used by one at a time, and by one play after another. */
export const createStages = (ledger: LedgerKind) => {
  const all: Promise<Ensemble>[] = [];
  const free: Waiting[] = [];
  let built: Promise<BuiltFunctions> | undefined;
  let dynamoDbLocal: ReturnType<typeof startDynamoDbLocal> | undefined;
  const build = () => {
    built ??= buildForTests();
    return built;
  };
  const another = async (): Promise<Ensemble> => {
    if (ledger === 'dynamodb-local') dynamoDbLocal ??= startDynamoDbLocal(REGION);
    return startEnsemble(build, await startStage(await dynamoDbLocal));
  };
  const take = async (looksIntoReadiness: boolean): Promise<Waiting> => {
    // The one that looked longest ago is for those who look: the others leave it to them.
    free.sort((one, other) => one.lookedAt - other.lookedAt);
    const waiting = looksIntoReadiness ? free.shift() : free.pop();
    if (waiting) return waiting;
    const ensemble = another();
    all.push(ensemble);
    return { ensemble: await ensemble, lookedAt: Number.NEGATIVE_INFINITY };
  };
  return {
    on: async <T>(looksIntoReadiness: boolean, play: (ensemble: Ensemble) => Promise<T>): Promise<T> => {
      const { ensemble, lookedAt } = await take(looksIntoReadiness);
      // What an earlier play found of readiness must be forgotten.
      const wait = looksIntoReadiness ? lookedAt + LOOKS_APART_MS - performance.now() : 0;
      await sleep(Math.max(0, wait));
      try {
        return await play(ensemble);
      } finally {
        await ensemble.stage.heal();
        free.push({ ensemble, lookedAt: looksIntoReadiness ? performance.now() : lookedAt });
      }
    },
    close: async () => {
      await Promise.all(all.map(async (ensemble) => (await ensemble).close()));
      await (await built)?.remove();
      await (await dynamoDbLocal)?.close();
    },
  };
};
