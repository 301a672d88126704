import { describe, expect, test } from 'vitest';
import { endPlay, expectPromises, interrupted, type Play, startPlay } from '../model/play.ts';
import type { Step } from '../model/step.ts';
import { useStages } from '../stage.ts';
import { acts, interludes, NAME, states } from './deeds.ts';

/** Plays one in so many of all there are. */
const EVERY = Number(process.env['OVERLAP_EVERY'] ?? 401);

const onStage = useStages();

const onPlay = <T>(before: readonly Step[], work: (play: Play) => Promise<T>): Promise<T> =>
  onStage(async (stage) => {
    const play = await startPlay(stage, [NAME]);
    for (const step of before) {
      await step.run(play);
      play.world.clock.advance(1_000);
    }
    return work(play);
  });

/** What broke when something happened before the process's call of this number. */
const brokenBy = (before: readonly Step[], act: Step, at: number, interlude: Step): Promise<string[]> =>
  onPlay(before, async (play) => {
    const meanwhile = () => play.world.elsewhere(() => interlude.run(play));
    try {
      await interrupted(play, { at, effect: 'before', meanwhile }, () => act.run(play));
      await expectPromises(play);
      await endPlay(play);
      return [];
    } catch (error) {
      return [`before call ${at}: ${interlude.title}: ${error instanceof Error ? error.message : error}`];
    }
  });

let played = 0;

describe.each(states)('a name $title', ({ steps }) => {
  test.each(acts)(
    'keeps its promises whatever happens at any call while $title',
    { timeout: 600_000 },
    async (act) => {
      const calls = await onPlay(steps, async (play) => {
        play.world.service.interrupt();
        await act.run(play);
        return play.world.service.calls.length;
      });
      const broken: string[] = [];
      for (let at = 0; at < calls; at += 1) {
        for (const interlude of interludes) {
          played += 1;
          if (played % EVERY === 0) broken.push(...(await brokenBy(steps, act, at, interlude)));
        }
      }
      expect(broken).toEqual([]);
    },
  );
});
