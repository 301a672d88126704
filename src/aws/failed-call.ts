import type { Fault } from './faults.ts';

/** A call that came to nothing, after all its tries: one line of the log. */
export interface FailedCall {
  readonly dependency: 'Systems Manager' | 'DynamoDB';
  /** As AWS names it. */
  readonly operation: string;
  readonly fault: Fault;
  /** The name of the last try's error. */
  readonly error: string;
  readonly tries: number;
  /** From the first try on, the waits among them included. */
  readonly milliseconds: number;
  /** The request, or the round of a loop, that it was made for. */
  readonly requestId?: string | undefined;
  /** By which AWS finds its last answer. */
  readonly awsRequestId?: string | undefined;
}

export type OnFailedCall = (call: FailedCall) => void;
