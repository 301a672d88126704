import type { Clock } from '../activation/clock.ts';
import type { Deadline, Task } from '../activation/deadline.ts';
import { SystemsManagerRefused, SystemsManagerUnavailable } from '../activation/errors.ts';
import {
  type Answer,
  type Caller as AwsCaller,
  type Call,
  CallFailed,
  callUntilAnswered,
} from '../aws/call.ts';
import { isRoleUnusable, nodeRoleUnusable, ROLE_WAIT_MS } from './node-role.ts';
import type { Pace } from './pace.ts';

export interface Caller extends AwsCaller {
  readonly pace: Pace;
  readonly clock: Clock;
}

export interface SsmCall<T> extends Pick<Call<T>, 'operation' | 'send'> {
  /** Called before each try, when its turn has come: what it throws ends the tries. */
  readonly confirm?: (() => Promise<void>) | undefined;
  /** How many tries a role has that Systems Manager cannot use. */
  readonly roleTries?: number | undefined;
  /** The names of the errors that are an answer. */
  readonly expected?: readonly string[] | undefined;
}

/** SSM mostly answers within a second. One answer that is lost costs so much of a deadline. */
const FIRST_TRY_MS = 4_000;
/** A Systems Manager that is slow is waited for. */
const LATER_TRY_MS = 10_000;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;
/** An operator must remove the reason: machines need not hurry. */
const REFUSED_RETURN_SECONDS = 50;

/**
 * Calls SSM until it answers or the deadline comes. Each try waits for a turn of its own.
 * @throws SystemsManagerUnavailable at the deadline; SystemsManagerRefused for what SSM refuses on consideration, with
 * SSM's own error as its cause; NodeRoleUnusable when so many tries met a role that SSM cannot use
 */
export const callUntil = async <T>(
  { pace, sleep, random, onFailedCall }: Caller,
  task: Task,
  { operation, send, confirm, roleTries = 1, expected = [] }: SsmCall<T>,
): Promise<Answer<T>> => {
  const manner = {
    dependency: 'Systems Manager',
    tryMs: (unanswered: number) => (unanswered === 0 ? FIRST_TRY_MS : LATER_TRY_MS),
    firstWaitMs: FIRST_WAIT_MS,
    longestWaitMs: LONGEST_WAIT_MS,
    sleep,
    random,
    onFailedCall,
  } as const;
  const prepare = async (deadline: Deadline, mayHaveActed: boolean) => {
    await takeTurn(pace, deadline, mayHaveActed);
    await confirm?.();
  };
  const refusalMayPass = (error: unknown, refusals: number) =>
    isRoleUnusable(error) && refusals < roleTries ? ROLE_WAIT_MS : undefined;
  const isExpected = (error: unknown) => error instanceof Error && expected.includes(error.name);
  try {
    return await callUntilAnswered(manner, task, { operation, prepare, send, refusalMayPass, isExpected });
  } catch (error) {
    throw error instanceof CallFailed ? failureOf(error, 2 + Math.floor(random() * 8)) : error;
  }
};

const takeTurn = async (pace: Pace, deadline: Deadline, mayHaveActed: boolean): Promise<void> => {
  try {
    const place = pace.reserve(deadline);
    await place.turn(deadline.cut);
    if (deadline.leftMs() <= 0) place.giveBack();
  } catch (error) {
    throw error instanceof SystemsManagerUnavailable
      ? unavailable(error, error.retryAfterSeconds, mayHaveActed)
      : error;
  }
};

export const failureOf = ({ fault, mayHaveActed, cause }: CallFailed, returnSeconds: number) => {
  switch (fault) {
    case 'throttled':
    case 'unanswered':
      return unavailable(cause, returnSeconds, mayHaveActed);
    case 'refused':
      return isRoleUnusable(cause) ? nodeRoleUnusable(mayHaveActed, cause) : refused(cause, mayHaveActed);
    case 'no-credentials':
      return refused(cause, mayHaveActed);
  }
};

const refused = (cause: unknown, mayHaveActed: boolean) =>
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
