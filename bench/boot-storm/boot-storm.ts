import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { boot } from '../../test/storm/booting-machine.ts';
import type { Bench, BenchOptions, Verdict } from '../bench.ts';
import { startBeside } from '../pinned.ts';
import { table, times } from '../report.ts';
import { mean } from '../statistics.ts';
import { REGION } from './region.ts';
import { bootWithSharedActivations } from './shared-activation.ts';
import { startSystemsManager } from './systems-manager.ts';

const CALLS_A_SECOND = 50;
const SIZES = [1_000, 5_000];
const QUICK_SIZES = [60];
const TAGS = 'Role=web,Environment=Prod';
const SERVICE = fileURLToPath(new URL('service.ts', import.meta.url));
/** SSM gives so many nodes in one answer. */
const PAGE = 50;

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

/** Machines boot at one moment against an SSM that admits few calls a second. */
const storm = async (machines: number) => {
  const systemsManager = await startSystemsManager(CALLS_A_SECOND);
  const service = await startBeside([SERVICE, systemsManager.url, String(CALLS_A_SECOND)]);
  const names = Array.from({ length: machines }, (_, index) => `m-${index}`);
  const began = performance.now();
  const waits = await Promise.all(
    names.map(async (name) => {
      await boot({ name, tags: TAGS, api: () => service.url, aws: () => systemsManager.url, region: REGION });
      return performance.now() - began;
    }),
  );
  while ((await (await fetch(`${service.url}/unfinished`)).json()) !== 0) await sleep(500);
  const mapped = performance.now() - began;
  const { calls, throttled } = systemsManager.counted();
  await service.stop();
  const nodes = await systemsManager.nodes();
  await systemsManager.stop();
  const sound =
    nodes.length === machines &&
    new Set(nodes.map(({ name }) => name)).size === machines &&
    nodes.every(({ tags }) => tags['Role'] === 'web' && tags['Environment'] === 'Prod');
  const fewest = machines + Math.ceil(machines / PAGE);
  const floor = (fewest / CALLS_A_SECOND) * 1000;
  const done = Math.max(...waits);
  return {
    machines,
    done,
    mapped,
    floor,
    calls,
    throttled,
    fewest,
    longestToMean: done / mean(waits),
    sound,
  };
};

const sharedActivations = async (machines: number) => {
  const systemsManager = await startSystemsManager(CALLS_A_SECOND);
  const keyPair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const began = performance.now();
  const registered = await bootWithSharedActivations(systemsManager, machines, keyPair);
  const done = performance.now() - began;
  const { calls, throttled } = systemsManager.counted();
  await systemsManager.stop();
  return { machines, done, registered, calls, throttled };
};

const claims = (result: Awaited<ReturnType<typeof storm>>): Verdict[] => {
  const { machines, done, floor, calls, fewest, longestToMean, sound } = result;
  const atMost = (claim: string, ratio: number, most: number): Verdict => ({
    claim: `${machines} machines: ${claim}, at most ${times(most)}`,
    figure: times(ratio),
    holds: ratio <= most,
    timed: true,
  });
  return [
    {
      claim: `${machines} machines: each registered once, with its tags`,
      figure: sound ? 'all' : 'not all',
      holds: sound,
      timed: false,
    },
    atMost('registered and tagged, to the floor', done / floor, 1.15),
    atMost('calls to SSM, to the fewest possible', calls / fewest, 1.1),
    atMost('the longest wait, to the mean', longestToMean, 2),
  ];
};

export const bootStorm: Bench = async ({ quick }: BenchOptions) => {
  const rows: string[][] = [];
  const verdicts: Verdict[] = [];
  for (const machines of quick ? QUICK_SIZES : SIZES) {
    const ours = await storm(machines);
    const older = await sharedActivations(machines);
    rows.push(
      [
        `${machines}`,
        'this service',
        seconds(ours.done),
        seconds(ours.floor),
        seconds(ours.mapped),
        `${ours.calls} (${ours.throttled})`,
        `${ours.fewest}`,
        times(ours.longestToMean),
        ours.sound ? '0' : 'some',
      ],
      [
        `${machines}`,
        'shared activations',
        seconds(older.done),
        '',
        'never',
        `${older.calls} (${older.throttled})`,
        '',
        '',
        `${machines - older.registered}`,
      ],
    );
    verdicts.push(...claims(ours));
  }
  const titles = [
    'machines',
    'design',
    'all registered and tagged',
    'floor',
    'all mapped',
    'SSM calls (throttled)',
    'fewest',
    'longest wait to mean',
    'never registered',
  ];
  return {
    report: `An SSM that admits ${CALLS_A_SECOND} calls a second.\n\n${table(titles, rows)}`,
    verdicts,
  };
};
