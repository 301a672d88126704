import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { tagsOf, usableActivations } from './aftermath.ts';
import { become, boot, succeed } from './cast.ts';
import { type Call, inShort } from './door.ts';
import { type BuiltFunctions, buildForTests, startWorkerFunction } from './functions.ts';
import { inTime } from './in-time.ts';
import { startServed } from './served.ts';
import { IS_FULL_SIZE } from './size.ts';
import { startStage } from './stage.ts';

let bundles: BuiltFunctions;
beforeAll(async () => {
  bundles = await buildForTests();
});
afterAll(() => bundles.remove());

const start = async ({ onTestFinished }: TestContext) => {
  const stage = await startStage();
  const server = await startServed(stage);
  const worker = await startWorkerFunction(bundles, stage);
  onTestFinished(async () => {
    await Promise.all([server.close(), worker.close()]);
    await stage.close();
  });
  return { stage, server, worker };
};

const activate = (name: string): Call => ({ method: 'GET', path: '/activate', query: { name } });
const tag = (name: string, tags: string): Call => ({ method: 'GET', path: '/tag', query: { name, tags } });

const CALLERS = 60;
const SWEEP = { task: 'sweep' };

/** A machine that was told that its tags are kept, and has registered since. */
const bootWithPendingTags = async ({ stage, server }: Awaited<ReturnType<typeof start>>, name: string) => {
  const known = await become(server, name);
  expect((await succeed(server, tag(name, 'Role=kept'))).status).toBe(202);
  const machine = stage.machine(name);
  const instanceId = await machine.register(known);
  await machine.ping();
  return instanceId;
};

describe.concurrent('once it heals', () => {
  test('a ledger that swallowed sixty answers serves the next call, and all sixty were answered', async (context) => {
    const { stage, server } = await start(context);
    await succeed(server, activate('web-before'));
    const memoryBefore = server.residentMb();
    await stage.ledger.set({ fault: { kind: 'unanswered' } });

    const callers = Array.from({ length: CALLERS }, (_, index) => server.ask(activate(`web-${index}`)));
    const answers = await Promise.all(callers);
    await stage.heal();
    const first = await server.ask(activate('web-first'));

    const wrong = answers.filter(({ code, seconds }) => code !== 'LedgerUnavailable' || seconds > 8);
    expect(wrong.map(inShort)).toEqual([]);
    expect(first).toMatchObject({ status: 200 });
    expect(first.seconds).toBeLessThan(5);
    // What hung is hung up on, events of refusals too: no socket is kept for an answer that will not come.
    await context.expect.poll(() => stage.ledger.unanswered(), { timeout: 8_000 }).toBe(0);
    expect(stage.ledger.connections()).toBeLessThanOrEqual(10);
    expect(server.residentMb() - memoryBefore).toBeLessThan(80);
  });

  test("a sweep of which one query's answer was lost has done its work, and the next goes on", async (context) => {
    const parts = await start(context);
    const { stage, worker } = parts;
    const instanceId = await bootWithPendingTags(parts, 'web-pending');
    await stage.ledger.set({ fault: { kind: 'silent' }, operations: ['Query'], times: 1 });

    await inTime(worker.run(SWEEP, 20_000), 20_000);
    await sleep(2_000);
    await inTime(worker.run(SWEEP, 20_000), 20_000);

    expect(await tagsOf(stage.ssm, instanceId)).toEqual({ Role: 'kept' });
  });

  test('a ledger that is silent through a whole sweep lets it end before its limit, and the next is whole', async (context) => {
    const parts = await start(context);
    const { stage, worker } = parts;
    const instanceId = await bootWithPendingTags(parts, 'web-pending');
    await stage.ledger.set({ fault: { kind: 'silent' } });

    // A run that failed may be told of as an error or as a report: it must be told of.
    await inTime(Promise.allSettled([worker.run(SWEEP, 15_000)]), 15_000);
    await stage.heal();
    await sleep(2_000);
    await inTime(worker.run(SWEEP, 15_000), 15_000);

    expect(await tagsOf(stage.ssm, instanceId)).toEqual({ Role: 'kept' });
  });

  test('events of which the ledger heard nothing come again, and are done then', async (context) => {
    const parts = await start(context);
    const { stage, worker } = parts;
    const instanceId = await bootWithPendingTags(parts, 'web-pending');
    const body = JSON.stringify({
      source: 'aws.ssm',
      'detail-type': 'SSM Managed Instance Registration',
      detail: { 'instance-id': instanceId },
    });
    const batch = { Records: [{ messageId: 'message-0', body }] };
    await stage.ledger.set({ fault: { kind: 'silent' } });

    const first = await inTime(worker.run(batch, 15_000), 15_000);
    await stage.heal();
    const second = await inTime(worker.run(batch, 15_000), 15_000);

    expect(first).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
    expect(second).toEqual({ batchItemFailures: [] });
    expect(await tagsOf(stage.ssm, instanceId)).toEqual({ Role: 'kept' });
  });

  test('one lost answer of CreateActivation costs seconds, and its activation is deleted when the name asks again', async (context) => {
    const { stage, server } = await start(context);
    await stage.systemsManager.set({
      fault: { kind: 'unanswered' },
      operations: ['CreateActivation'],
      times: 1,
    });

    const first = await server.ask(activate('web-1'));
    const withStray = await usableActivations(stage.ssm, 'web-1');
    const again = await become(server, 'web-1');

    expect(first).toMatchObject({ status: 200 });
    expect(first.seconds).toBeLessThan(7);
    expect(withStray).toHaveLength(2);
    expect(await usableActivations(stage.ssm, 'web-1')).toEqual([again.activationId]);
  });
});

describe.runIf(IS_FULL_SIZE)('once it heals, after a while', { concurrent: true, timeout: 200_000 }, () => {
  test('a machine that Systems Manager never answered for gets in, with one activation', async (context) => {
    const { stage, server, worker } = await start(context);
    const { instanceId } = await boot(stage, server, 'web-other');
    await stage.systemsManager.set({ fault: { kind: 'reset after' } });
    const refused = await server.ask(activate('web-1'));
    await stage.heal();

    const minted = await become(server, 'web-1');
    await sleep(2_000);
    await worker.run(SWEEP);

    expect(refused).toMatchObject({ status: 503, code: 'SystemsManagerUnavailable' });
    expect(await usableActivations(stage.ssm, 'web-1')).toEqual([minted.activationId]);
    expect(await tagsOf(stage.ssm, instanceId)).toEqual({ Booted: 'yes' });
  });

  test("a server's own sweep goes on after one query's answer was lost", async (context) => {
    const parts = await start(context);
    const instanceId = await bootWithPendingTags(parts, 'web-pending');
    await parts.stage.ledger.set({ fault: { kind: 'silent' }, operations: ['Query'], times: 1 });

    const read = () => tagsOf(parts.stage.ssm, instanceId);
    await context.expect.poll(read, { timeout: 140_000, interval: 1_000 }).toEqual({ Role: 'kept' });
  });
});
