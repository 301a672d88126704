import type { Clock } from './clock.ts';

/** The moment by which a piece of work must have ended. */
export interface Deadline {
  /** Milliseconds until then; 0 once it has passed or the work was cut short. */
  leftMs(): number;
  /** Aborts when nobody waits for the work any more. Calls that change nothing end with it. */
  readonly cut?: AbortSignal | undefined;
  /** This one, or the moment in so many milliseconds, whichever comes first. */
  within(milliseconds: number): Deadline;
  /** So many milliseconds earlier than this one. */
  earlierBy(milliseconds: number): Deadline;
  /** The same moment, whether or not the work is cut short. */
  uncut(): Deadline;
}

/** One request, one round of a loop, or one batch of events: whatever calls the ledger or AWS does so for a task. */
export interface Task {
  readonly deadline: Deadline;
  /** Names the task in the log. */
  readonly requestId?: string | undefined;
}

export interface Times {
  readonly clock: Clock;
  /** Milliseconds since any moment, unmoved by a clock that is set. */
  readonly stopwatch?: () => number;
  readonly cut?: AbortSignal | undefined;
}

/**
 * The deadline in so many milliseconds, by two clocks of which the faster counts.
 * t1 work begins, t2 the time of day is set back by an hour: by that clock alone the work would last an hour longer.
 * t1 a process claims a name, t2 the machine sleeps, and its stopwatch with it, t3 the lease ends and another process has
 * the name, t4 the machine wakes: by the stopwatch alone the first process would still mint.
 */
export const deadlineIn = (milliseconds: number, times: Times): Deadline => {
  const { clock, stopwatch = () => performance.now(), cut } = times;
  return until(clock().getTime() + milliseconds, stopwatch() + milliseconds, { clock, stopwatch, cut });
};

const until = (timeOfDay: number, elapsed: number, times: Required<Times>): Deadline => {
  const { clock, stopwatch, cut } = times;
  const leftMs = () =>
    cut?.aborted ? 0 : Math.max(0, Math.min(timeOfDay - clock().getTime(), elapsed - stopwatch()));
  return {
    leftMs,
    cut,
    within: (milliseconds) =>
      until(
        Math.min(timeOfDay, clock().getTime() + milliseconds),
        Math.min(elapsed, stopwatch() + milliseconds),
        times,
      ),
    earlierBy: (milliseconds) => until(timeOfDay - milliseconds, elapsed - milliseconds, times),
    uncut: () => until(timeOfDay, elapsed, { ...times, cut: undefined }),
  };
};
