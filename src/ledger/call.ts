import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { Task } from '../activation/deadline.ts';
import { LedgerRefused, LedgerUnavailable, ServiceUnavailable } from '../activation/errors.ts';
import { type Call, type Caller, CallFailed, callUntilAnswered, type Manner } from '../aws/call.ts';
import type { Fault } from '../aws/faults.ts';
import type { Line } from './line.ts';

/** DynamoDB answers within hundredths of a second. A process that is busy may notice late. */
const TRY_MS = 2_500;
/** What a call that fails may take of the time that P13 gives a request whose ledger is silent. */
const PATIENCE_MS = 6_000;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;
/** What is left to a task of which a call has failed for good, to take back what it had begun. */
const AFTER_FAILURE_MS = 1_000;

const RETURN_SECONDS = 2;
/** An operator must remove the reason: machines need not hurry. */
const REFUSED_RETURN_SECONDS = 50;

export interface LedgerCall<T> extends Pick<Call<T>, 'operation' | 'send'> {
  /** Though nobody waits for the task any more. */
  readonly mustGoOn?: boolean;
}

export type CallLedger = <T>(call: LedgerCall<T>) => Promise<T>;

/**
 * The calls of one task, which wait in the line of the process.
 * @throws LedgerUnavailable, LedgerRefused; ConditionalCheckFailedException, which is an answer
 */
export const ledgerCalls = (caller: Caller, line: Line, task: Task): CallLedger => {
  const manner: Manner = {
    ...caller,
    dependency: 'DynamoDB',
    tryMs: () => TRY_MS,
    patienceLeftMs: (askedAt: number, firstSentAt = performance.now()) =>
      Math.min(firstSentAt + PATIENCE_MS - performance.now(), line.silenceLeftMs(askedAt)),
    firstWaitMs: FIRST_WAIT_MS,
    longestWaitMs: LONGEST_WAIT_MS,
  };
  let remaining = task.deadline;

  return async ({ operation, send, mustGoOn = false }) => {
    const askedAt = performance.now();
    const deadline = mustGoOn ? remaining.uncut() : remaining;
    const call = {
      operation,
      isExpected: isConditionFailed,
      prepare: () => line.enter(deadline, askedAt),
      after: (fault: Fault | undefined) => line.leave(isAnswer(fault) ? 'answered' : 'not answered'),
      send,
    };
    try {
      const { output } = await callUntilAnswered(manner, { ...task, deadline }, call);
      return output;
    } catch (error) {
      // A task whose time has passed, without a call that failed, is no fault of the ledger's.
      const isTooLate = error instanceof CallFailed && error.isUntried && remaining === task.deadline;
      const failure = isTooLate ? tooLate(error) : failureOf(error);
      if (failure instanceof LedgerUnavailable) remaining = remaining.within(AFTER_FAILURE_MS);
      throw failure;
    }
  };
};

/** Whatever DynamoDB says for itself shows that it is there. */
const isAnswer = (fault: Fault | undefined): boolean => fault === undefined || fault === 'refused';

const isConditionFailed = (error: unknown): error is ConditionalCheckFailedException =>
  error instanceof ConditionalCheckFailedException;

const failureOf = (error: unknown): unknown => {
  if (error instanceof DOMException) return unavailable(error);
  if (!(error instanceof CallFailed)) return error;
  const { fault, cause } = error;
  switch (fault) {
    case 'throttled':
    case 'unanswered':
      return unavailable(cause);
    case 'refused':
      return isConditionFailed(cause) ? cause : refused(cause);
    case 'no-credentials':
      return refused(cause);
  }
};

const unavailable = (cause: unknown) =>
  new LedgerUnavailable('The ledger does not answer; try again.', RETURN_SECONDS, { cause });

const tooLate = (cause: unknown) =>
  new ServiceUnavailable('The request took too long; try again.', RETURN_SECONDS, { cause });

const refused = (cause: unknown) =>
  new LedgerRefused(
    `The ledger refuses what the service asks of it (${cause instanceof Error ? cause.name : 'unknown'}): an operator must look at the service's log.`,
    REFUSED_RETURN_SECONDS,
    { cause },
  );
