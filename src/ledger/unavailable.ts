import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { LedgerUnavailable } from '../activation/errors.ts';

/** Runs a call to DynamoDB; whatever keeps it from an answer, after the SDK's own retries, is `LedgerUnavailable`. */
export const whileReachable = async <T>(call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) throw error;
    throw new LedgerUnavailable('The ledger does not answer; try again.', 2, { cause: error });
  }
};
