/** What an error of the SDK means for the call that met it. */
export type Fault =
  /** SSM refused before acting, and will not for long. */
  | 'throttled'
  /** No answer, or a server's fault: SSM may have acted. */
  | 'unanswered'
  /** SSM cannot use the role that the activation names: it was made moments ago, or it is missing or wrongly trusted. */
  | 'role-unusable'
  /** SSM's considered answer. */
  | 'refused'
  /** Nothing of SSM's: a bug, or credentials that cannot be had. */
  | 'unknown';

/** AWS's services do not agree on one name for it, and its gateways have names of their own. */
const THROTTLED = new Set([
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
]);
const TOO_MANY_REQUESTS = 429;

/** SSM has no code of its own for it: the words of its ValidationException and InvalidParameters, in the known forms. */
const ROLE_UNUSABLE =
  /non-?existent role|not existing role|role (?:\S+ )?(?:does not|doesn't) exist|missing ssm service principal|invalid iam role/i;

export const faultOf = (error: unknown): Fault => {
  if (!(error instanceof Error)) return 'unknown';
  if (THROTTLED.has(error.name) || statusOf(error) === TOO_MANY_REQUESTS) return 'throttled';
  if ('code' in error && error.code === 'ECONNREFUSED') return 'throttled';
  if (isServerFault(error) || isNetworkError(error)) return 'unanswered';
  if (!('$fault' in error)) return 'unknown';
  return error.name === 'InvalidRole' || ROLE_UNUSABLE.test(error.message) ? 'role-unusable' : 'refused';
};

const isServerFault = (error: Error): boolean => '$fault' in error && error.$fault === 'server';

/** A gateway in between may answer with a status and without a name that is known. */
const statusOf = (error: Error): unknown =>
  '$metadata' in error &&
  typeof error.$metadata === 'object' &&
  error.$metadata !== null &&
  'httpStatusCode' in error.$metadata
    ? error.$metadata.httpStatusCode
    : undefined;

/** Errors of sockets and names carry a code of the system, and an answer cut short does not parse. */
const isNetworkError = (error: Error): boolean =>
  error instanceof SyntaxError ||
  error.name === 'TimeoutError' ||
  error.name === 'AbortError' ||
  (!('$fault' in error) && 'code' in error && typeof error.code === 'string');
