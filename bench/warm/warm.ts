import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { buildFunctions, bundlePlainly } from '../../build.ts';
import { toItem } from '../../src/ledger/name-item.ts';
import { LOCAL_CREDENTIALS } from '../../src/local/credentials.ts';
import { registeredNode, seededName } from '../../test/cli/fleet.ts';
import { restEvent } from '../../test/http/api-gateway-events.ts';
import { documentsOn } from '../../test/ledger/tables.ts';
import type { Bench, Verdict } from '../bench.ts';
import { activateEvent, functionEnvironment } from '../lambda-function.ts';
import { nodeOn, STUB_AWS, startBeside } from '../pinned.ts';
import { milliseconds, table, times } from '../report.ts';

const AWS_CALL_MS = 20;
const LEAST_SHARE = 0.85;
const MOST_CPU_MS = 1;
const OPERATOR = 'arn:aws:sts::123456789012:assumed-role/Operators/alice';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const Measured = z.object({ callsPerSecond: z.number(), cpuMsPerCall: z.number() });
const InTurn = z.tuple([Measured, Measured]);

const instanceId = (index: number): string => `i-${index.toString(16).padStart(17, '0')}`;
const lookUp = (index: number) =>
  restEvent({
    method: 'GET',
    path: '/nodes',
    query: { name: [seededName(index)] },
    userArn: OPERATOR,
    sourceIp: '10.0.1.2',
  });

/** Calls to a warm function, beside the same calls to AWS made directly with the SDK in a bare loop. */
export const warm: Bench = async ({ quick }) => {
  const [warmUp, measured] = quick ? [5, 5] : [1_500, 600];
  const directory = await mkdtemp(join(tmpdir(), 'warm-'));
  const stub = await startBeside([STUB_AWS, String(AWS_CALL_MS)]);
  const forget = async () => (await fetch(new URL('/forget', stub.url))).text();
  try {
    const { api } = await buildFunctions(directory);
    const direct = join(directory, 'direct');
    await bundlePlainly(
      here('../cold-start/contenders/raw-ssm-dynamodb.ts'),
      direct,
      join(directory, 'maps'),
    );
    const recordedCalls = join(directory, 'calls.json');
    const environment = {
      ...(await functionEnvironment(directory, stub.url)),
      RECORDED_CALLS: recordedCalls,
    };
    const indexes = Array.from({ length: warmUp + measured }, (_, index) => index);
    const files = new Map<string, string>();
    for (const [name, events] of [
      ['activate', indexes.map((index) => activateEvent(instanceId(index)))],
      ['nodes', indexes.map(lookUp)],
      ['first-activation', [activateEvent(instanceId(0))]],
      ['first-look', [lookUp(0)]],
    ] as const) {
      const file = join(directory, `${name}.json`);
      await writeFile(file, JSON.stringify(events));
      files.set(name, file);
    }
    const run = async (bundles: readonly string[], events: string, warming: number): Promise<unknown> => {
      const result = join(directory, 'result.json');
      const modules = bundles.map((bundle) => pathToFileURL(join(bundle, 'index.mjs')).href);
      const argv = [here('in-turn.mjs'), files.get(events) ?? '', String(warming), result, ...modules];
      execFileSync(...nodeOn('measured', argv), { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
      return JSON.parse(await readFile(result, 'utf8'));
    };

    const rows: string[][] = [];
    const verdicts: Verdict[] = [];
    for (const [title, events, first] of [
      ['/activate', 'activate', 'first-activation'],
      ['GET /nodes?name=', 'nodes', 'first-look'],
    ] as const) {
      await forget();
      if (events === 'nodes') await putNodes(stub.url, indexes);
      await forgetCalls(stub.url);
      await run([api], first, 0);
      await writeFile(recordedCalls, await forgetCalls(stub.url));
      if (events === 'activate') await forget();
      const [ours, bare] = InTurn.parse(await run([api, direct], events, warmUp));
      const share = ours.callsPerSecond / bare.callsPerSecond;
      const cpu = ours.cpuMsPerCall - bare.cpuMsPerCall;
      rows.push([title, times(share), milliseconds(ours.cpuMsPerCall), milliseconds(cpu)]);
      verdicts.push(
        {
          claim: `${title}: calls a second, at least ${times(LEAST_SHARE)} of the bare loop's`,
          figure: times(share),
          holds: share >= LEAST_SHARE,
          timed: true,
        },
        {
          claim: `${title}: our own CPU a call, at most ${milliseconds(MOST_CPU_MS)}`,
          figure: milliseconds(cpu),
          holds: cpu <= MOST_CPU_MS,
          timed: true,
        },
      );
    }
    return {
      report: `Each call to AWS takes ${AWS_CALL_MS} ms; means of ${measured} calls one after the other, in turn with the bare loop's.\n\n${table(
        ['route', 'calls a second, to a bare loop', 'CPU a call', 'of it our own'],
        rows,
      )}`,
      verdicts,
    };
  } finally {
    await stub.stop();
    await rm(directory, { recursive: true });
  }
};

/** Names with a managed node, which look-ups find. */
const putNodes = async (endpoint: string, indexes: readonly number[]): Promise<void> => {
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials: LOCAL_CREDENTIALS });
  const documents = documentsOn(client, 'ssm-activation');
  const now = new Date();
  const put = (index: number) => documents.put(toItem(registeredNode(index, now)));
  await Promise.all(indexes.map(put));
  client.destroy();
};

/** The calls made since they were last asked for; the table keeps what it holds. */
const forgetCalls = async (url: string): Promise<string> => (await fetch(new URL('/calls', url))).text();
