import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { boot } from './cast.ts';
import { type Call, inShort } from './door.ts';
import { type Fault, nameOf } from './proxy/fault.ts';
import { startServed } from './served.ts';
import { IS_FULL_SIZE } from './size.ts';
import { startStage } from './stage.ts';

const STOPPED_SECONDS = 10;

const CALLS: readonly Call[] = [
  { method: 'GET', path: '/activate', query: { name: 'web-new' } },
  { method: 'GET', path: '/tag', query: { name: 'web-1', tags: 'Role=web' } },
  { method: 'GET', path: '/nodes', asOperator: true },
  { method: 'PUT', path: '/nodes/web-1/tags', body: { tags: { Team: 'a' } }, asOperator: true },
  { method: 'DELETE', path: '/nodes/web-2', asOperator: true },
  { method: 'GET', path: '/readyz' },
];

describe.concurrent('a server that is told to end while calls hang answers them and ends with 0, within ten seconds', () => {
  const faults: readonly Fault[] = IS_FULL_SIZE
    ? [{ kind: 'silent' }, { kind: 'unanswered' }, { kind: 'stall' }, { kind: 'drip' }]
    : [{ kind: 'silent' }, { kind: 'drip' }];
  const hanging = faults.flatMap((fault) =>
    (['ledger', 'systemsManager'] as const).map((service) => ({ fault, name: nameOf(fault), service })),
  );
  test.for(hanging)('$service, $name', async ({ fault, service }, { onTestFinished }) => {
    const stage = await startStage();
    const server = await startServed(stage);
    onTestFinished(async () => {
      await server.close();
      await stage.close();
    });
    await Promise.all(['web-1', 'web-2'].map((name) => boot(stage, server, name)));
    await stage[service].set({ fault });
    const waiting = CALLS.map((call) => server.ask(call));
    await sleep(1_000);

    const told = performance.now();
    server.signal('SIGTERM');
    const answers = await Promise.all(waiting);
    const code = await server.ended();
    const seconds = (performance.now() - told) / 1_000;

    const wrong = answers.filter(({ status }) => status === undefined || (status >= 300 && status !== 503));
    expect(wrong.map(inShort)).toEqual([]);
    expect({ code, inTime: seconds < STOPPED_SECONDS }).toEqual({ code: 0, inTime: true });
  });
});
