/** What an error of the SDK means for the call that met it. */
export type Fault =
  /** SSM refused before acting, and will not for long. */
  | 'throttled'
  /** No answer, or a server's fault: SSM may have acted. */
  | 'unanswered'
  /** SSM's considered answer. */
  | 'refused';

const THROTTLED = new Set([
  'ThrottlingException',
  'TooManyUpdates',
  'RequestLimitExceeded',
  'TooManyRequestsException',
]);

/** A role made moments ago is not known everywhere yet (user reports; SSM's own message). */
const FRESH_ROLE = /Nonexistent role or missing ssm service principal/i;

export const faultOf = (error: unknown): Fault => {
  if (!(error instanceof Error)) return 'refused';
  if (THROTTLED.has(error.name)) return 'throttled';
  if (error.name === 'ValidationException' && FRESH_ROLE.test(error.message)) return 'throttled';
  if ('code' in error && error.code === 'ECONNREFUSED') return 'throttled';
  return isServerFault(error) || isNetworkError(error) ? 'unanswered' : 'refused';
};

const isServerFault = (error: Error): boolean => '$fault' in error && error.$fault === 'server';

/**
 * Errors of sockets and names carry a code of the system, and an answer cut short does not parse; the rest of what is no
 * answer is a bug, or credentials that cannot be had.
 */
const isNetworkError = (error: Error): boolean =>
  error instanceof SyntaxError ||
  error.name === 'TimeoutError' ||
  error.name === 'AbortError' ||
  (!('$fault' in error) && 'code' in error && typeof error.code === 'string');
