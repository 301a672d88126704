import { ActivationError, SystemsManagerUnavailable } from '../activation/errors.ts';
import type { Clock } from '../activation/ports.ts';
import { faultOf } from './faults.ts';
import type { Pace, Sleep } from './pace.ts';

export interface Caller {
  readonly pace: Pace;
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** 0 up to 1. */
  readonly random: () => number;
}

export interface Answer<T> {
  readonly output: T;
  /** An earlier try went unanswered and may have acted. */
  readonly mayHaveActedBefore: boolean;
}

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;

/**
 * Calls SSM until it answers or the deadline comes, waiting for a turn before each try and with full jitter between
 * them (AWS Architecture Blog, "Exponential Backoff and Jitter").
 * @throws SystemsManagerUnavailable at the deadline; SSM's own considered refusals pass through.
 */
export const callUntil = async <T>(
  caller: Caller,
  deadline: Date,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<Answer<T>> => {
  let mayHaveActedBefore = false;
  const retryAfter = () => 2 + Math.floor(caller.random() * 8);
  for (let tries = 0; ; tries += 1) {
    try {
      await caller.pace.reserve(deadline).turn();
      const timeLeftMs = deadline.getTime() - caller.clock().getTime();
      // t1 a process claims a name and is frozen, t2 its lease ends and another has the name, t3 it thaws: it must not mint.
      if (timeLeftMs <= 0) throw unavailable('the deadline has passed', retryAfter(), mayHaveActedBefore);
      const output = await send(AbortSignal.timeout(timeLeftMs));
      return { output, mayHaveActedBefore };
    } catch (error) {
      if (error instanceof SystemsManagerUnavailable)
        throw unavailable(error, error.retryAfterSeconds, mayHaveActedBefore);
      // Not Systems Manager's: the caller's proof no longer holds, or the ledger that knows does not answer.
      if (error instanceof ActivationError) throw error;
      const fault = faultOf(error);
      if (fault === 'refused') throw error;
      mayHaveActedBefore ||= fault === 'unanswered';
      const wait = caller.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries);
      if (caller.clock().getTime() + wait >= deadline.getTime()) {
        throw unavailable(error, retryAfter(), mayHaveActedBefore);
      }
      await caller.sleep(wait);
    }
  }
};

const unavailable = (cause: unknown, retryAfterSeconds: number, mayHaveActed: boolean) =>
  new SystemsManagerUnavailable(
    'Systems Manager is throttling or does not answer; try again.',
    retryAfterSeconds,
    mayHaveActed,
    { cause },
  );
