import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { tagsOf } from './aftermath.ts';
import { boot } from './cast.ts';
import { type BuiltFunctions, buildForTests, startWorkerFunction } from './functions.ts';
import { type Fault, nameOf } from './proxy/fault.ts';
import type { Rule } from './proxy/rules.ts';
import { startServed } from './served.ts';
import { IS_FULL_SIZE } from './size.ts';
import { startStage } from './stage.ts';

let bundles: BuiltFunctions;
beforeAll(async () => {
  bundles = await buildForTests();
});
afterAll(() => bundles.remove());

const OLD = 'the-old-value';
const NEW = 'the-new-value';
/** When the caller of the older write gives up: before any try of the service does. */
const PATIENCE_MS = 700;
/** How long the node is watched: what comes late has come by then. */
const WATCHED_MS = IS_FULL_SIZE ? 40_000 : 9_000;
/** Until Systems Manager shows what the service wants, however late an older call was. */
const REPAIRED_MS = 150_000;

const tag = (name: string, value: string) =>
  ({ method: 'GET', path: '/tag', query: { name, tags: `A=${value}` } }) as const;

/** A machine whose `A=old` meets a fault until its caller gives up; then `A=new` is accepted. */
const tagTwice = async (
  { onTestFinished }: TestContext,
  service: 'ledger' | 'systemsManager',
  rule: Rule,
) => {
  const stage = await startStage();
  const server = await startServed(stage);
  const worker = await startWorkerFunction(bundles, stage);
  onTestFinished(async () => {
    await Promise.all([server.close(), worker.close()]);
    await stage.close();
  });
  const { name, instanceId } = await boot(stage, server, 'web-1');
  await stage[service].set({ ...rule, mentioning: [OLD] });

  const giving = server.ask(tag(name, OLD), AbortSignal.timeout(PATIENCE_MS));
  await expect(giving).rejects.toThrow();
  const accepted = await server.ask(tag(name, NEW));
  expect(accepted).toMatchObject({ status: expect.toBeOneOf([200, 202]) });
  const valueOnNode = async () => (await tagsOf(stage.ssm, instanceId))['A'];
  return { worker, valueOnNode };
};

const HELD: Fault = { kind: 'late', ms: 3_000 };
const BROKEN: Fault = { kind: 'reset', ms: 3_000 };
const WRITES = ['PutItem', 'UpdateItem'];

interface Hanging {
  readonly title: string;
  readonly rule: Rule;
}
const first = (fault: Fault): Hanging => ({
  title: `its first write is ${nameOf(fault)}`,
  rule: { fault, operations: WRITES, times: 1 },
});
/** The audit trail is told first. */
const ofTheName = (fault: Fault): Hanging => ({
  title: `the write of the name is ${nameOf(fault)}`,
  rule: { fault, operations: WRITES, after: 1, times: 1 },
});
const everyOne = (fault: Fault): Hanging => ({
  title: `every write is ${nameOf(fault)}`,
  rule: { fault, operations: WRITES },
});
const LOST: Fault = { kind: 'unanswered' };
const HANGING = [first(HELD), ofTheName(HELD), first(BROKEN), ofTheName(BROKEN)];
const MORE_HANGING = [everyOne(HELD), everyOne(BROKEN), first(LOST), ofTheName(LOST)];

describe.concurrent('of two tags the one accepted later stays, when the older hangs in the ledger', () => {
  test.for(IS_FULL_SIZE ? [...HANGING, ...MORE_HANGING] : HANGING)('$title', async ({ rule }, context) => {
    const { worker, valueOnNode } = await tagTwice(context, 'ledger', rule);
    await sleep(WATCHED_MS);
    await worker.run({ task: 'sweep' });

    expect(await valueOnNode()).toBe(NEW);
  });
});

/** A sweep a minute is what a deployed service has; more of them find out sooner. */
const SWEEP_EVERY_MS = 5_000;

describe.runIf(IS_FULL_SIZE)(
  'of two tags the one accepted later stays, when the older hangs in Systems Manager',
  { timeout: 240_000, concurrent: true },
  () => {
    test.for<{ title: string; fault: Fault }>([
      { title: 'and takes effect after the newer did', fault: { kind: 'late', ms: 8_000 } },
      { title: 'and takes effect when all its tries are over', fault: { kind: 'late', ms: 28_000 } },
      { title: 'and its connection breaks', fault: { kind: 'reset', ms: 8_000 } },
    ])('$title', async ({ fault }, context) => {
      const rule = { fault, operations: ['AddTagsToResource'] };
      const { worker, valueOnNode } = await tagTwice(context, 'systemsManager', rule);
      const until = performance.now() + REPAIRED_MS;
      while (performance.now() < until) {
        await worker.run({ task: 'sweep' });
        await sleep(SWEEP_EVERY_MS);
      }

      expect(await valueOnNode()).toBe(NEW);
    });
  },
);
