import { paginateDescribeInstanceInformation } from '@aws-sdk/client-ssm';
import { deadlineIn } from '../../src/activation/deadline.ts';
import { sweep } from '../../src/activation/sweep.ts';
import { seededName } from '../../test/cli/fleet.ts';
import type { Bench, Verdict } from '../bench.ts';
import { milliseconds, table, times } from '../report.ts';
import { median } from '../statistics.ts';
import { type Fleet, startFleet } from './fleet.ts';

const SIZES = [1_000, 10_000, 100_000];
const QUICK_SIZES = [50, 200, 400];
const MOST_GROWTH = 1.2;
const ROUNDS = 300;

/** What is done to each fleet, the same number of times and in turn. */
const WORK: Readonly<Record<string, (fleet: Fleet, round: number) => Promise<void>>> = {
  'GET /nodes?name=': (fleet, round) => ask(fleet, `/nodes?name=${seededName((round * 7919) % fleet.names)}`),
  'GET /nodes?prefix= (50 of them)': (fleet) => ask(fleet, '/nodes?prefix=node-00&limit=50'),
  '/activate': (fleet, round) => ask(fleet, `/activate?name=new-${round}`),
};
/** A new name is unfinished business: a sweep is idle only before the first. */
const IDLE_SWEEP = 'an idle sweep';

const ask = async ({ app }: Fleet, url: string): Promise<void> => {
  const { statusCode, body } = await app.inject({ url, remoteAddress: '127.0.0.1' });
  if (statusCode !== 200 || body.includes('"Nodes":[]')) throw new Error(`${url}: ${statusCode} ${body}`);
};

interface Cost {
  readonly took: readonly number[];
  /** AWS calls of each, every different number once. */
  readonly calls: readonly number[];
}

const measured = async (
  fleets: readonly Fleet[],
  rounds: number,
  work: (fleet: Fleet, round: number) => Promise<void>,
): Promise<Cost[]> => {
  const costs = fleets.map(() => ({ took: [] as number[], calls: new Set<number>() }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, fleet] of fleets.entries()) {
      fleet.callsSince();
      const began = performance.now();
      await work(fleet, round);
      // The first rounds are compiled as they run.
      if (round >= rounds / 10) costs[index]?.took.push(performance.now() - began);
      costs[index]?.calls.add(fleet.callsSince());
    }
  }
  return costs.map(({ took, calls }) => ({ took, calls: [...calls] }));
};

/** What it takes to find a node by its name with SSM alone: all pages, since SSM has no filter by name. */
const scanned = async ({ ssm }: Fleet) => {
  const began = performance.now();
  let calls = 0;
  for await (const _page of paginateDescribeInstanceInformation({ client: ssm, pageSize: 50 }, {}))
    calls += 1;
  return { took: performance.now() - began, calls };
};

export const scale: Bench = async ({ quick }) => {
  const sizes = quick ? QUICK_SIZES : SIZES;
  const rounds = quick ? 10 : ROUNDS;
  const fleets: Fleet[] = [];
  for (const size of sizes) fleets.push(await startFleet(size));
  const idle = async ({ portsFor }: Fleet) => {
    await sweep(portsFor({ deadline: deadlineIn(50_000, { clock: () => new Date() }) }));
  };
  const costs = new Map([[IDLE_SWEEP, await measured(fleets, rounds, idle)]]);
  for (const [title, work] of Object.entries(WORK)) costs.set(title, await measured(fleets, rounds, work));
  const scans = await Promise.all(fleets.map(scanned));
  await Promise.all(fleets.map((fleet) => fleet.stop()));

  const cell = ({ took, calls }: Cost) => `${milliseconds(median(took))}, ${calls.join(' or ')} calls`;
  const rows = [...costs].map(([title, each]) => [title, ...each.map(cell), times(growth(each))]);
  rows.push([
    'aws ssm describe-instance-information, all pages',
    ...scans.map(({ took, calls }) => `${milliseconds(took)}, ${calls} calls`),
    times((scans.at(-1)?.took ?? 0) / (scans[0]?.took ?? 0)),
  ]);
  const verdicts = [...costs].flatMap(([title, each]) => claims(title, each));
  const titles = ['', ...sizes.map((size) => `${size} names`), 'the last to the first'];
  return { report: `Medians of ${rounds}, in turn.\n\n${table(titles, rows)}`, verdicts };
};

const growth = (each: readonly Cost[]): number =>
  median(each.at(-1)?.took ?? []) / median(each[0]?.took ?? []);

const claims = (title: string, each: readonly Cost[]): Verdict[] => {
  const calls = [...new Set(each.flatMap((cost) => cost.calls))];
  const constant: Verdict = {
    claim: `${title}: the same number of AWS calls at every size`,
    figure: calls.join(' or '),
    holds: calls.length === 1,
    timed: false,
  };
  const steady: Verdict = {
    claim: `${title}: at the last size at most ${times(MOST_GROWTH)} of the first`,
    figure: times(growth(each)),
    holds: growth(each) <= MOST_GROWTH,
    timed: true,
  };
  return title === IDLE_SWEEP ? [constant] : [constant, steady];
};
