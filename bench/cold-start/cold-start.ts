import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildFunctions, bundlePlainly } from '../../build.ts';
import type { Bench } from '../bench.ts';
import { activateEvent, functionEnvironment } from '../lambda-function.ts';
import { nodeOn, STUB_AWS, startBeside } from '../pinned.ts';
import { milliseconds, table, times } from '../report.ts';
import { median, sum } from '../statistics.ts';

const RUNS = 31;
const MOST_BYTES = 1_000_000;

const CONTENDERS = {
  'raw-ssm': 'a handler with only client-ssm: CreateActivation',
  'raw-ssm-dynamodb': 'a handler with client-ssm and client-dynamodb: our calls',
  express: 'express, serverless-http: our calls and validation',
  hono: 'hono and its adapter: our calls and validation',
};
const OURS = 'this service';
const NODE = 'node -e 0';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** From the start of a process to the end of its function's first answer, all contenders in turn. */
export const coldStart: Bench = async ({ quick }) => {
  const directory = await mkdtemp(join(tmpdir(), 'cold-start-'));
  const stub = await startBeside([STUB_AWS, '0']);
  try {
    const { api } = await buildFunctions(directory);
    const bundles = new Map([[OURS, api]]);
    for (const [name, title] of Object.entries(CONTENDERS)) {
      const folder = join(directory, name);
      await bundlePlainly(here(`contenders/${name}.ts`), folder, join(directory, 'source-maps', name));
      bundles.set(title, folder);
    }
    const recordedCalls = join(directory, 'calls.json');
    const event = join(directory, 'event.json');
    await writeFile(event, JSON.stringify(activateEvent()));
    const environment = {
      ...(await functionEnvironment(directory, stub.url)),
      RECORDED_CALLS: recordedCalls,
    };
    const firstInvoke = here('first-invoke.mjs');
    const commands = new Map([[NODE, ['-e', '0']]]);
    for (const [title, folder] of bundles) {
      commands.set(title, [firstInvoke, pathToFileURL(join(folder, 'index.mjs')).href, event]);
    }
    const forget = async () => (await fetch(new URL('/forget', stub.url))).text();
    const timed = async (argv: readonly string[]): Promise<number> => {
      await forget();
      const before = performance.now();
      execFileSync(...nodeOn('measured', argv), { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
      return performance.now() - before;
    };

    await timed(commands.get(OURS) ?? []);
    await writeFile(recordedCalls, await forget());

    const measured = new Map([...commands.keys()].map((title) => [title, [] as number[]]));
    for (let run = 0; run < (quick ? 1 : RUNS); run += 1) {
      for (const [title, argv] of commands) measured.get(title)?.push(await timed(argv));
    }
    return evaluated(measured, bundles);
  } finally {
    await stub.stop();
    await rm(directory, { recursive: true });
  }
};

const evaluated = async (
  measured: ReadonlyMap<string, readonly number[]>,
  bundles: ReadonlyMap<string, string>,
) => {
  const of = (title: string): readonly number[] => measured.get(title) ?? [];
  const ratioTo = (title: string): number => median(of(OURS)) / median(of(title));
  /** All pieces of the code, those too that the first call does not load. */
  const bytesOf = async (title: string) => {
    const folder = bundles.get(title);
    if (folder === undefined) return undefined;
    const code = (await readdir(folder)).filter((file) => file.endsWith('.mjs'));
    return sum(await Promise.all(code.map(async (file) => (await stat(join(folder, file))).size)));
  };
  const rows = await Promise.all(
    [...measured.keys()].map(async (title) => {
      const bytes = await bytesOf(title);
      return [
        title,
        milliseconds(median(of(title))),
        times(ratioTo(title)),
        bytes === undefined ? '' : `${Math.round(bytes / 1000)} kB`,
      ];
    }),
  );
  const bytes = (await bytesOf(OURS)) ?? Number.NaN;
  const aheadOfExpress = of(OURS).filter((ours, run) => ours < (of(CONTENDERS.express)[run] ?? 0)).length;
  const atMost = (claim: string, title: string, most: number) => ({
    claim: `${claim}, at most ${times(most)}`,
    figure: times(ratioTo(title)),
    holds: ratioTo(title) <= most,
    timed: true,
  });
  return {
    report: `${of(OURS).length} runs each, in turn; medians.\n\n${table(
      ['from start to the first answer', 'median', 'ours to it', 'bundle'],
      rows,
    )}`,
    verdicts: [
      atMost('to the same calls with the SDK alone', CONTENDERS['raw-ssm-dynamodb'], 1.25),
      atMost('to CreateActivation with client-ssm alone', CONTENDERS['raw-ssm'], 1.45),
      atMost('to hono', CONTENDERS.hono, 1),
      {
        claim: 'ahead of express in every run',
        figure: `${aheadOfExpress} of ${of(OURS).length}`,
        holds: aheadOfExpress === of(OURS).length,
        timed: true,
      },
      {
        claim: `the bundle is at most ${MOST_BYTES / 1000} kB`,
        figure: `${Math.round(bytes / 1000)} kB`,
        holds: bytes <= MOST_BYTES,
        timed: false,
      },
    ],
  };
};
