/** What an error means for the call that met it, whichever service of AWS was called. */
export type Fault =
  /** AWS refused before it acted, and will accept the call soon. */
  | 'throttled'
  /** No answer, a server's fault, or something that AWS did not write: AWS may have acted. */
  | 'unanswered'
  /** AWS's considered answer. */
  | 'refused'
  /** The service has no credentials to sign the call with. */
  | 'no-credentials'
  /** A bug. */
  | 'unknown';

/** AWS's services do not agree on one name for it, and its gateways have names of their own. */
const THROTTLED = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingError',
  'ThrottlingException',
  'TooManyRequests',
  'TooManyRequestsException',
  'TooManyUpdates',
  'TransactionInProgressException',
]);
const TOO_MANY_REQUESTS = 429;

export const faultOf = (error: unknown): Fault => {
  if (!(error instanceof Error)) return 'unknown';
  const { httpStatusCode: status = 0, requestId, clockSkewCorrected } = metadataOf(error);
  if (THROTTLED.has(error.name) || status === TOO_MANY_REQUESTS) return 'throttled';
  // Nobody listens, so that nothing has happened; and a signature by a wrong clock is right the next time.
  if (('code' in error && error.code === 'ECONNREFUSED') || clockSkewCorrected) return 'throttled';
  if (error.name === 'CredentialsProviderError') return 'no-credentials';
  if (status >= 500 || isServerFault(error) || isBrokenAnswer(error)) return 'unanswered';
  if (!('$fault' in error)) return 'unknown';
  // A page with status 400 or 403 is a refusal to the SDK. Every answer of AWS has a request id.
  return requestId === undefined ? 'unanswered' : 'refused';
};

interface Metadata {
  readonly httpStatusCode?: number | undefined;
  readonly requestId?: string | undefined;
  readonly clockSkewCorrected?: boolean | undefined;
}

/** What the SDK notes of the answer in which an error came. */
export const metadataOf = (error: unknown): Metadata =>
  error instanceof Error &&
  '$metadata' in error &&
  typeof error.$metadata === 'object' &&
  error.$metadata !== null
    ? error.$metadata
    : {};

const isServerFault = (error: Error): boolean => '$fault' in error && error.$fault === 'server';

/** Errors of sockets and of names carry a code of the system, and an answer that was cut short does not parse. */
const isBrokenAnswer = (error: Error): boolean =>
  error instanceof SyntaxError ||
  BROKEN.has(error.name) ||
  (!('$fault' in error) && 'code' in error && typeof error.code === 'string');

const BROKEN = new Set(['TimeoutError', 'AbortError', 'NotWrittenByAws']);
