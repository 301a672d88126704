import { expect, test } from 'vitest';
import { fromNetwork } from '../promises/caller.ts';
import type { Machine } from '../promises/machine.ts';
import { type Stage, useStages } from '../promises/stage.ts';
import { lookInto } from '../promises/system.ts';
import { SETTLED_MS } from '../promises/world.ts';

const NAME = 'host-1';
const onStage = useStages();
const SILENT_MS = 11 * 60_000;

/** Whatever registered is old enough to be judged; those who are there go on reporting. */
const allSettles = async ({ world }: Stage, ...machines: Machine[]): Promise<void> => {
  for (const machine of machines) await machine.pings();
  await world.sweep();
  world.clock.advance(SETTLED_MS);
  for (const machine of machines) await machine.pings();
  await world.sweep();
};

const nodeOf = async ({ world }: Stage): Promise<string | undefined> => {
  const [record] = await world.ports.ledger.list({ prefix: NAME, limit: 1 });
  return record?.node?.id;
};

const areThere = async ({ world }: Stage): Promise<string[]> =>
  (await lookInto(world, [NAME])).nodes.map(({ id }) => id);

const aTokenFor = ({ operator }: Stage) => operator.makesToken('host', { namePattern: NAME });

test('an activation for joining again is worth nothing once the node that was silent is back', () =>
  onStage(async (stage) => {
    const victim = stage.machine(NAME, await aTokenFor(stage));
    await victim.boots();
    await allSettles(stage, victim);
    stage.world.clock.advance(SILENT_MS);
    const thief = stage.machine(NAME, await aTokenFor(stage));
    expect(await thief.asks()).toMatchObject({ status: 200 });

    await victim.pings();
    await thief.registers();
    await allSettles(stage, victim, thief);

    expect(await nodeOf(stage)).toBe(victim.nodeId);
    expect(await areThere(stage)).toEqual([victim.nodeId]);
  }));

test('it is revoked as soon as the sweep sees that node Online', () =>
  onStage(async (stage) => {
    const victim = stage.machine(NAME, await aTokenFor(stage));
    await victim.boots();
    await allSettles(stage, victim);
    stage.world.clock.advance(SILENT_MS);
    const thief = stage.machine(NAME, await aTokenFor(stage));
    await thief.asks();

    await victim.pings();
    stage.world.clock.advance(60_000);
    await stage.world.sweep();

    expect(await thief.registers()).toBe('InvalidActivation');
  }));

test('an activation given while a node had not reported yet does not replace that node once it reports', () =>
  onStage(async (stage) => {
    const token = await aTokenFor(stage);
    const victim = stage.machine(NAME, token);
    await victim.asks();
    await victim.registers();
    const thief = stage.machine(NAME, token);
    expect(await thief.asks()).toMatchObject({ status: 200 });

    await victim.pings();
    await thief.registers();
    await allSettles(stage, victim, thief);

    expect(await nodeOf(stage)).toBe(victim.nodeId);
    expect(await areThere(stage)).toEqual([victim.nodeId]);
  }));

test('a name whose new node waits to be judged is not given to another who asks meanwhile', () =>
  onStage(async (stage) => {
    const token = await aTokenFor(stage);
    await stage.machine(NAME, token).asksUnheard();
    const victim = stage.machine(NAME, token);
    await victim.boots();
    await stage.world.sweep();

    const answer = await stage.machine(NAME, await aTokenFor(stage)).asks();

    expect(answer).toMatchObject({ status: 409, code: 'AlreadyRegistered' });
  }));

test('a release stays a release: the machine that an operator lets in gets the name, though the old node is Online', () =>
  onStage(async (stage) => {
    const old = stage.machine(NAME, await aTokenFor(stage));
    await old.boots();
    await allSettles(stage, old);
    await stage.operator.releases(NAME);
    const next = stage.machine(NAME, await aTokenFor(stage));
    await next.boots();

    await allSettles(stage, old, next);

    expect(await nodeOf(stage)).toBe(next.nodeId);
    expect(await areThere(stage)).toEqual([next.nodeId]);
  }));

const LAGS = [
  { lag: 'of ten seconds', onLaggingStage: useStages({ lagMs: 10_000 }) },
  { lag: 'of up to five minutes', onLaggingStage: useStages({ lagMs: { from: 0, to: 299_000 } }) },
];

test.each(LAGS)('a second caller does not profit from a lag $lag in what is shown', ({ onLaggingStage }) =>
  onLaggingStage(async (stage) => {
    const victim = stage.machine(NAME, await aTokenFor(stage));
    await victim.boots();
    stage.world.clock.advance(2_000);
    const thief = stage.machine(NAME, fromNetwork('stranger', '10.0.0.7'));

    await thief.asks();
    await thief.registers();
    await thief.pings();
    for (let round = 0; round < 6; round += 1) {
      stage.world.clock.advance(5_000);
      await stage.world.sweep();
    }
    await allSettles(stage, victim, thief);

    expect(await nodeOf(stage)).toBe(victim.nodeId);
    expect(await areThere(stage)).toContain(victim.nodeId);
  }),
);
