import type { Clock } from '../activation/clock.ts';
import type { Deadline } from '../activation/deadline.ts';
import { SystemsManagerUnavailable } from '../activation/errors.ts';
import type { Sleep } from '../aws/call.ts';

/** A moment at which one call to SSM may be made. */
export interface Place {
  /** Waits for it, or until nobody wants it any more. */
  turn(cut?: AbortSignal): Promise<void>;
  /** Leaves it to another call. */
  giveBack(): void;
}

/** The queue of calls to SSM. */
export interface Pace {
  /** Takes the first free place. @throws SystemsManagerUnavailable when it would come after the deadline */
  reserve(deadline: Deadline): Place;
}

/** Nobody is told to come back later than this. */
const LONGEST_RETURN_MS = 5 * 60_000;

const UNPACED: Pace = { reserve: () => ({ turn: async () => {}, giveBack: () => {} }) };

/**
 * Spreads calls evenly, so many a second, in the order in which they were asked for. Who finds the queue too long is told
 * to come back at a moment of its own, when half the queue of now is worked off: those who were turned away return
 * as fast as SSM admits them, so that the queue neither runs dry nor turns them away again.
 */
export const createPace = (perSecond: number | undefined, clock: Clock, sleep: Sleep): Pace => {
  if (perSecond === undefined) return UNPACED;
  const gap = 1000 / perSecond;
  let nextFree = 0;
  let lastReturn = 0;
  let givenBack: number[] = [];

  const firstFree = (now: number): number => {
    givenBack = givenBack.filter((place) => place >= now);
    return Math.min(...givenBack, Math.max(now, nextFree));
  };
  const take = (place: number): void => {
    if (givenBack.includes(place)) givenBack = givenBack.filter((other) => other !== place);
    else nextFree = place + gap;
  };
  const turnedAway = (place: number, now: number, latest: number): SystemsManagerUnavailable => {
    const halfWay = place - (latest - now) / 2;
    lastReturn = Math.min(Math.max(halfWay, lastReturn + gap), now + LONGEST_RETURN_MS);
    const seconds = Math.ceil((lastReturn - now) / 1000);
    const detail = 'More machines are waiting than Systems Manager admits; try again.';
    return new SystemsManagerUnavailable(detail, seconds, false);
  };

  return {
    reserve: (deadline) => {
      const now = clock().getTime();
      const place = firstFree(now);
      const latest = now + deadline.leftMs();
      if (place > latest) throw turnedAway(place, now, latest);
      take(place);
      return {
        turn: async (cut) => {
          const wait = place - clock().getTime();
          if (wait > 0) await sleep(wait, cut);
        },
        giveBack: () => {
          givenBack.push(place);
        },
      };
    },
  };
};
