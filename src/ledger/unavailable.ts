import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { LedgerUnavailable } from '../activation/errors.ts';

/** Runs a call to DynamoDB; throttling, faults and silence, after the SDK's own retries, are `LedgerUnavailable`. */
export const whileReachable = async <T>(call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (error) {
    if (!mayPass(error)) throw error;
    throw new LedgerUnavailable('The ledger does not answer; try again.', 2, { cause: error });
  }
};

/** What DynamoDB refuses on consideration (a condition, a permission, an item too large) it refuses again. */
const mayPass = (error: unknown): boolean =>
  error instanceof DynamoDBServiceException
    ? error.$fault === 'server' || error.$retryable !== undefined || PASSING.has(error.name)
    : isNetworkError(error);

/** A table that is being restored is not found until it is there. */
const PASSING = new Set([
  'ResourceNotFoundException',
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TransactionInProgressException',
]);

const isNetworkError = (error: unknown): boolean =>
  error instanceof Error &&
  ('code' in error || 'errno' in error || error.name === 'TimeoutError' || error.name === 'AbortError');
