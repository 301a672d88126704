import { describe, expect, test } from 'vitest';
import type { Interruption } from '../interruptible.ts';
import { brokenAfterRepair, leaks, unfinished } from '../promises.ts';
import { type Stage, useStages } from '../stage.ts';
import { LEASE_MS, SETTLED_MS } from '../world.ts';
import { type Cast, NAME } from './cast.ts';

/** Something that a process is killed at. */
export interface Scenario {
  readonly title: string;
  before(stage: Stage): Promise<Cast>;
  act(cast: Cast): Promise<unknown>;
  /** What the caller does who heard no answer; it ends with the machine in. */
  again(cast: Cast): Promise<void>;
}

/** Plays one kill in so many of all there are. */
const EVERY = Number(process.env['CRASH_EVERY'] ?? 5);
let kills = 0;

/** Kills a process at every call to the world that it makes for a scenario's act, in one run each. */
export const killAtEveryAwait = (scenarios: readonly Scenario[]): void => {
  const onStage = useStages();

  /** The calls that the act makes when nobody dies. */
  const callsOf = ({ before, act }: Scenario): Promise<readonly string[]> =>
    onStage(async (stage) => {
      const cast = await before(stage);
      stage.world.service.interrupt();
      await act(cast);
      return stage.world.service.calls;
    });

  /** The promises that are broken after a death, a restart and a sweep. */
  const brokenBy = (death: Interruption, { before, act, again }: Scenario): Promise<readonly string[]> =>
    onStage(async (stage) => {
      const { world, diary } = stage;
      const cast = await before(stage);
      world.service.interrupt(death);
      await act(cast).catch(() => {});
      expect(world.service.isDead).toBe(true);

      world.restart();
      world.clock.advance(LEASE_MS);
      await world.sweep();
      const broken = await brokenAfterRepair(world, diary, [NAME]);

      await again(cast);
      // What was deleted or registered in the first of these is forgotten in the second.
      for (const _ of ['judged', 'forgotten']) {
        world.clock.advance(SETTLED_MS);
        await world.sweep();
      }
      broken.push(...(await brokenAfterRepair(world, diary, [NAME])));
      broken.push(...(await unfinished(world, [NAME])), ...(await leaks(world, diary)));
      return [...new Set(broken)];
    });

  describe.each(scenarios)('a process killed while $title', (scenario) => {
    test.each(['before', 'after'] as const)(
      '%s any call takes effect leaves what the sweep repairs',
      async (effect) => {
        const calls = await callsOf(scenario);
        expect(calls.length).toBeGreaterThan(2);
        const broken: string[] = [];
        for (const [at, call] of calls.entries()) {
          kills += 1;
          if (kills % EVERY !== 0) continue;
          const promises = await brokenBy({ at, effect }, scenario);
          broken.push(...promises.map((promise) => `call ${at}, ${call}: ${promise}`));
        }
        expect(broken).toEqual([]);
      },
    );
  });
};
