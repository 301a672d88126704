import type { Deadline } from '../activation/deadline.ts';

/** The calls of a process to the ledger: so many at once, the others wait in line. */
export interface Line {
  /**
   * Waits for a place in flight, for each try of a call that was asked for at a moment of the stopwatch.
   * @throws DOMException `TimeoutError` at the deadline, or when the ledger is silent
   */
  enter(deadline: Deadline, askedAt: number): Promise<void>;
  /** How many milliseconds such a call may go on while the ledger answers nobody. */
  silenceLeftMs(askedAt: number): number;
  /** Gives the place to the next in line. */
  leave(how: 'answered' | 'not answered'): void;
}

interface Waiting {
  readonly go: () => void;
}

/** The client has 50 connections: a call that waited for one of them would spend its time for an answer in doing so. */
const MOST_IN_FLIGHT = 40;
/** A ledger that answers nothing to anybody for so long will not answer those in line within the time of P13. */
const SILENCE_MS = 6_000;

export const createLine = (stopwatch: () => number = () => performance.now()): Line => {
  const line = new Set<Waiting>();
  let inFlight = 0;
  let answeredAt = Number.NEGATIVE_INFINITY;

  const silenceLeftMs = (askedAt: number): number => Math.max(askedAt, answeredAt) + SILENCE_MS - stopwatch();
  const wait = (deadline: Deadline, askedAt: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        deadline.cut?.removeEventListener('abort', check);
        line.delete(waiting);
        settle();
      };
      const leftMs = () => Math.min(deadline.leftMs(), silenceLeftMs(askedAt));
      const check = (): void => {
        const left = leftMs();
        if (left <= 0) end(() => reject(new DOMException('No call could be made in time.', 'TimeoutError')));
        else timer = setTimeout(check, Math.ceil(left));
      };
      const waiting: Waiting = { go: () => end(resolve) };
      let timer = setTimeout(check, Math.ceil(leftMs()));
      deadline.cut?.addEventListener('abort', check);
      line.add(waiting);
    });

  return {
    silenceLeftMs,
    enter: async (deadline, askedAt) => {
      // The place of whoever leaves is handed over, so that nobody overtakes the line.
      if (inFlight < MOST_IN_FLIGHT) inFlight += 1;
      else await wait(deadline, askedAt);
    },
    leave: (how) => {
      if (how === 'answered') answeredAt = stopwatch();
      const [next] = line;
      if (next) next.go();
      else inFlight -= 1;
    },
  };
};
