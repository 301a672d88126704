import type { FailedCall } from './aws/failed-call.ts';
import { describeError } from './described-error.ts';

/** What the service tells those who run it, beside its answers. */
export interface ServiceLog {
  failedCall(call: FailedCall): void;
  /** So many refusals will not be in the audit trail, and why the last one is not. */
  refusalsDropped(refusals: number, cause: unknown): void;
  /** Of a library. */
  warning(text: string): void;
}

/** Each entry is one line of JSON, as whoever runs the service has it written. */
export const createServiceLog = (warn: (entry: object, message: string) => void): ServiceLog => ({
  failedCall: (call) => warn(call, 'a call failed for good'),
  refusalsDropped: (refusals, cause) =>
    warn({ refusals, error: describeError(cause) }, 'refusals are not in the audit trail'),
  warning: (text) => warn({}, text),
});

export const NO_LOG: ServiceLog = createServiceLog(() => {});
