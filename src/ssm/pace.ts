import { SystemsManagerUnavailable } from '../activation/errors.ts';
import type { Clock } from '../activation/ports.ts';

export type Sleep = (milliseconds: number) => Promise<void>;

/** Waits for the next free call to SSM; a call whose turn would come after the deadline is told so at once. */
export type Pace = (deadline: Date) => Promise<void>;

/** Spreads calls evenly, so many a second, in the order in which they were asked for. */
export const createPace = (perSecond: number | undefined, clock: Clock, sleep: Sleep): Pace => {
  if (perSecond === undefined) return async () => {};
  const gap = 1000 / perSecond;
  let nextFree = 0;
  return async (deadline) => {
    const now = clock().getTime();
    const turn = Math.max(now, nextFree);
    if (turn > deadline.getTime()) {
      const seconds = Math.ceil((turn - deadline.getTime()) / 1000) + 1;
      throw new SystemsManagerUnavailable(
        'More machines are waiting than Systems Manager admits; try again.',
        seconds,
        false,
      );
    }
    nextFree = turn + gap;
    if (turn > now) await sleep(turn - now);
  };
};
