import fc from 'fast-check';
import { test } from 'vitest';
import type { Lag } from '../../../src/local/aws/lag.ts';
import { useStages } from '../stage.ts';
import { endPlay, startPlay } from './play.ts';
import { commandsFor } from './steps.ts';

/** How many plays each file performs, of up to how many steps. */
const RUNS = Number(process.env['MODEL_RUNS'] ?? 10);
const STEPS = Number(process.env['MODEL_STEPS'] ?? 60);
/** A failure prints its seed, path and replayPath; given here, it is played again at once. */
const { MODEL_SEED, MODEL_PATH, MODEL_REPLAY_PATH } = process.env;

const PLAY_MS = 10_000;

/** `lagMs`: how late Systems Manager shows what happened, which is then no trouble of the service's but its way. */
export const testPlays = (names: readonly string[], lagMs?: Lag): void => {
  const onStage = useStages(lagMs === undefined ? {} : { lagMs, sparsePages: 0.1 });
  const under = lagMs === undefined ? '' : ', under reads that lag';
  test(`whatever befalls ${names.length} names, in whatever order, the promises hold${under}`, {
    timeout: RUNS * PLAY_MS,
  }, () => {
    const plays = fc.commands(commandsFor(names), {
      maxCommands: STEPS,
      size: 'max',
      ...(MODEL_REPLAY_PATH && { replayPath: MODEL_REPLAY_PATH }),
    });
    const property = fc.asyncProperty(plays, fc.nat(), (commands, seed) =>
      onStage(async (stage) => {
        const play = await startPlay(stage, names, lagMs !== undefined);
        await fc.asyncModelRun(() => ({ model: play, real: play }), commands);
        await endPlay(play);
      }, seed),
    );
    return fc.assert(property, {
      numRuns: RUNS,
      ...(MODEL_SEED && { seed: Number(MODEL_SEED) }),
      ...(MODEL_PATH && { path: MODEL_PATH }),
    });
  });
};
