import type { Deadline, Task } from '../activation/deadline.ts';
import type { FailedCall, OnFailedCall } from './failed-call.ts';
import { type Fault, faultOf, metadataOf } from './faults.ts';
import { tryWithin } from './try-within.ts';

export type Sleep = (milliseconds: number, cut?: AbortSignal) => Promise<void>;

/** A try that has less is mostly lost: the call acts, and nobody hears of it. */
const SHORTEST_TRY_MS = 500;

/** What every call needs of the world. */
export interface Caller {
  readonly sleep: Sleep;
  /** 0 up to 1. */
  readonly random: () => number;
  readonly onFailedCall: OnFailedCall;
}

/** How calls to one service of AWS are made. */
export interface Manner extends Caller {
  readonly dependency: FailedCall['dependency'];
  /** Milliseconds that a try has, after so many tries that were not answered. */
  readonly tryMs: (unanswered: number) => number;
  /** The longest wait before the second try, in milliseconds. It doubles with each further try. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** Absent, as many as the deadline leaves time for. */
  readonly mostTries?: number | undefined;
  /** How long a call may go on, by the moments when it was asked for and first sent; absent, it has until the deadline. */
  readonly patienceLeftMs?: ((askedAt: number, firstSentAt: number | undefined) => number) | undefined;
}

export interface Call<T> {
  /** As AWS names it. */
  readonly operation: string;
  /** Done before each try, outside of the try's time: what it throws ends the call. */
  readonly prepare?: ((deadline: Deadline, mayHaveActed: boolean) => Promise<void>) | undefined;
  readonly send: (signal: AbortSignal) => Promise<T>;
  /** Done after each try, with what it met; undefined when it was answered as asked. */
  readonly after?: ((fault: Fault | undefined) => void) | undefined;
  /** How many milliseconds to wait at most before a refusal is met with another try; undefined ends the call. */
  readonly refusalMayPass?: ((error: unknown, refusals: number) => number | undefined) | undefined;
  /** Whether a refusal is an answer that the caller expects, and nothing that an operator must hear of. */
  readonly isExpected?: ((error: unknown) => boolean) | undefined;
}

export interface Answer<T> {
  readonly output: T;
  /** An earlier try went unanswered and may have acted, or may yet act. */
  readonly mayHaveActedBefore: boolean;
}

/** A call came to nothing. Its cause is the error of the last try. */
export class CallFailed extends Error {
  readonly fault: Exclude<Fault, 'unknown'>;
  /** Nothing was sent: there was no time for it. */
  readonly isUntried: boolean;
  /** A try that went unanswered may have taken effect. */
  readonly mayHaveActed: boolean;

  constructor(
    operation: string,
    tries: number,
    fault: CallFailed['fault'],
    mayHaveActed: boolean,
    cause: unknown,
  ) {
    super(`${operation}: ${fault}`, { cause });
    this.isUntried = tries === 0;
    this.name = new.target.name;
    this.fault = fault;
    this.mayHaveActed = mayHaveActed;
  }
}

/**
 * Calls AWS until it answers or the deadline comes, with full jitter between the tries (AWS Architecture Blog,
 * "Exponential Backoff and Jitter"). A try that is not answered costs its own time and not the deadline.
 * @throws CallFailed; what `prepare` throws; an error that is no fault of AWS as it is
 */
export const callUntilAnswered = async <T>(
  manner: Manner,
  { deadline, requestId }: Task,
  { operation, prepare, send, after, refusalMayPass, isExpected }: Call<T>,
): Promise<Answer<T>> => {
  const began = performance.now();
  let [tries, unanswered, refusals] = [0, 0, 0];
  let firstSentAt: number | undefined;
  let last: unknown = new DOMException('The deadline passed before a first try.', 'TimeoutError');

  const leftMs = (): number => {
    const { patienceLeftMs = () => Number.POSITIVE_INFINITY } = manner;
    return Math.min(deadline.leftMs(), patienceLeftMs(began, firstSentAt));
  };
  const failed = (fault: CallFailed['fault']): CallFailed => {
    const isNews = tries > 0 && !deadline.cut?.aborted && !isExpected?.(last);
    if (isNews) {
      manner.onFailedCall({
        dependency: manner.dependency,
        operation,
        fault,
        error: last instanceof Error ? last.name : 'unknown',
        tries,
        milliseconds: Math.round(performance.now() - began),
        requestId,
        awsRequestId: metadataOf(last).requestId,
      });
    }
    return new CallFailed(operation, tries, fault, unanswered > 0, last);
  };

  for (;;) {
    await prepare?.(deadline, unanswered > 0);
    // t1 a process claims a name and is frozen, t2 its lease ends and another has the name, t3 it thaws: it must not mint.
    if (leftMs() <= 0) {
      after?.('throttled');
      throw failed(unanswered > 0 ? 'unanswered' : 'throttled');
    }
    try {
      tries += 1;
      firstSentAt ??= performance.now();
      const output = await tryWithin(Math.min(manner.tryMs(unanswered), leftMs()), deadline.cut, send);
      after?.(undefined);
      return { output, mayHaveActedBefore: unanswered > 0 };
    } catch (error) {
      last = error;
      const fault = faultOf(error);
      after?.(fault);
      if (fault === 'unknown') throw error;
      if (fault === 'unanswered') unanswered += 1;
      if (fault === 'refused') refusals += 1;
      const longestMs = longestWait(manner, fault, tries, () => refusalMayPass?.(error, refusals));
      if (longestMs === undefined || tries === manner.mostTries) throw failed(fault);
      // However the wait is drawn, it leaves time for another try, while there is time for one.
      const longestLeftMs = leftMs() - SHORTEST_TRY_MS;
      if (longestLeftMs <= 0) throw failed(fault);
      await manner.sleep(Math.min(manner.random() * longestMs, longestLeftMs), deadline.cut);
    }
  }
};

const longestWait = (
  { firstWaitMs, longestWaitMs }: Manner,
  fault: CallFailed['fault'],
  tries: number,
  afterRefusal: () => number | undefined,
): number | undefined => {
  switch (fault) {
    case 'throttled':
    case 'unanswered':
      return Math.min(longestWaitMs, firstWaitMs * 2 ** (tries - 1));
    case 'refused':
      return afterRefusal();
    case 'no-credentials':
      return undefined;
  }
};
