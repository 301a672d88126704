import fc from 'fast-check';
import { expectPromises, type Play } from './play.ts';

/** One step of a play, which says in its title what it does. */
export interface Step {
  readonly title: string;
  run(play: Play): Promise<unknown>;
}

export type Steps = fc.Arbitrary<Step>;

export const SECOND = 1_000;

/** Steps as fast-check's model runner wants them: the promises hold after each, and a second has passed. */
export const commandOf = (steps: Steps): fc.Arbitrary<fc.AsyncCommand<Play, Play>> =>
  steps.map(({ title, run }) => ({
    check: () => true,
    run: async (_model, play) => {
      await run(play);
      await play.late.stepPasses();
      play.world.clock.advance(SECOND);
      await expectPromises(play);
    },
    toString: () => title,
  }));

export const tagKey = fc.constantFrom('Owner', 'Role');
export const tagNumber = fc.nat({ max: 9 });
