import fc from 'fast-check';
import { test } from 'vitest';
import { useStages } from '../stage.ts';
import { endPlay, startPlay } from './play.ts';
import { commandsFor } from './steps.ts';

/** How many plays each file performs, of up to how many steps. */
const RUNS = Number(process.env['MODEL_RUNS'] ?? 20);
const STEPS = Number(process.env['MODEL_STEPS'] ?? 60);
/** A failure prints its seed, path and replayPath; given here, it is played again at once. */
const { MODEL_SEED, MODEL_PATH, MODEL_REPLAY_PATH } = process.env;

const PLAY_MS = 10_000;

export const testPlays = (names: readonly string[]): void => {
  const onStage = useStages();
  test(`whatever befalls ${names.length} names, in whatever order, the promises hold`, {
    timeout: RUNS * PLAY_MS,
  }, () => {
    const plays = fc.commands(commandsFor(names), {
      maxCommands: STEPS,
      size: 'max',
      ...(MODEL_REPLAY_PATH && { replayPath: MODEL_REPLAY_PATH }),
    });
    const property = fc.asyncProperty(plays, fc.nat(), (commands, seed) =>
      onStage(async (stage) => {
        const play = await startPlay(stage, names);
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
