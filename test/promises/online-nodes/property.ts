import fc from 'fast-check';
import { test } from 'vitest';
import { randomFrom } from '../world.ts';
import { ends, startPlay } from './play.ts';
import { startStage } from './stage.ts';
import { steps } from './steps.ts';

/** How many plays each file performs, of up to how many steps. */
const RUNS = Number(process.env['ONLINE_RUNS'] ?? 30);
const STEPS = Number(process.env['ONLINE_STEPS'] ?? 40);
/** A failure prints its seed and path; given here, it is played again at once. */
const { ONLINE_SEED, ONLINE_PATH } = process.env;

const PLAY_MS = 10_000;

export const testOnlineNodes = (): void => {
  test('no node that is Online is deregistered or loses its name without an operator, whatever lags and dies', {
    timeout: RUNS * PLAY_MS,
  }, () => {
    const plays = fc.array(steps, { minLength: 5, maxLength: STEPS, size: 'max' });
    const property = fc.asyncProperty(plays, fc.nat(), async (played, seed) => {
      const stage = await startStage(randomFrom(seed));
      try {
        const play = startPlay(stage);
        for (const { run } of played) {
          await run(play);
          await play.late.stepPasses();
          stage.clock.advance(1_000);
        }
        await ends(play);
      } finally {
        await stage.close();
      }
    });
    return fc.assert(property, {
      numRuns: RUNS,
      ...(ONLINE_SEED && { seed: Number(ONLINE_SEED) }),
      ...(ONLINE_PATH && { path: ONLINE_PATH }),
    });
  });
};
