import { ActivationError, SystemsManagerRefused, SystemsManagerUnavailable } from '../activation/errors.ts';
import type { Clock } from '../activation/ports.ts';
import { type Fault, faultOf } from './faults.ts';
import { nodeRoleUnusable } from './node-role.ts';
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
/** A role made moments ago is known everywhere after seconds, not after tenths of one. */
const ROLE_WAIT_MS = 2_000;
/** An operator must remove the reason: machines need not hurry. */
const REFUSED_RETURN_SECONDS = 50;

/**
 * Calls SSM until it answers or the deadline comes, waiting for a turn before each try and with full jitter between
 * them (AWS Architecture Blog, "Exponential Backoff and Jitter").
 * @throws SystemsManagerUnavailable at the deadline; SystemsManagerRefused for what SSM refuses on consideration, with
 * SSM's own error as its cause; NodeRoleUnusable when so many tries met a role that SSM cannot use
 */
export const callUntil = async <T>(
  caller: Caller,
  deadline: Date,
  send: (signal: AbortSignal) => Promise<T>,
  roleTries = 1,
): Promise<Answer<T>> => {
  let mayHaveActedBefore = false;
  let roleRefusals = 0;
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
      if (fault === 'unknown') throw error;
      if (fault === 'refused') throw refused(error, mayHaveActedBefore);
      roleRefusals += fault === 'role-unusable' ? 1 : 0;
      if (roleRefusals >= roleTries) throw nodeRoleUnusable(mayHaveActedBefore, error);
      mayHaveActedBefore ||= fault === 'unanswered';
      const wait = waitAfter(fault, tries, caller.random());
      if (caller.clock().getTime() + wait >= deadline.getTime()) {
        throw unavailable(error, retryAfter(), mayHaveActedBefore);
      }
      await caller.sleep(wait);
    }
  }
};

const waitAfter = (fault: Fault, tries: number, chance: number): number =>
  chance * (fault === 'role-unusable' ? ROLE_WAIT_MS : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries));

export const refused = (cause: unknown, mayHaveActed: boolean) =>
  new SystemsManagerRefused(
    `Systems Manager refuses what the service asks of it (${cause instanceof Error ? cause.name : 'unknown'}): an operator must look at the service's log.`,
    REFUSED_RETURN_SECONDS,
    mayHaveActed,
    { cause },
  );

export const unavailable = (cause: unknown, retryAfterSeconds: number, mayHaveActed: boolean) =>
  new SystemsManagerUnavailable(
    'Systems Manager is throttling or does not answer; try again.',
    retryAfterSeconds,
    mayHaveActed,
    { cause },
  );
