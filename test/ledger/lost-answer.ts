import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { onTestFinished } from 'vitest';

export interface LostAnswer {
  /** How many PutItems were sent since. */
  readonly count: number;
  /** Answers arrive again. */
  end(): void;
}

/**
 * One of the next PutItems takes effect and its answer is lost, until the test ends: it is sent again.
 * `at` is which of them, counted from 0; `meanwhile` is what happens before the connection breaks.
 */
export const losePutAnswer = (
  client: DynamoDBClient,
  { at = 0, meanwhile = async () => {} }: { at?: number; meanwhile?: () => Promise<unknown> } = {},
): LostAnswer => {
  let count = 0;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (given) => {
        if (commandName !== 'PutItemCommand') return next(given);
        count += 1;
        if (count !== at + 1) return next(given);
        await next(given);
        await meanwhile();
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      },
    { step: 'deserialize', name: 'losePutAnswer', priority: 'high' },
  );
  const end = () => {
    client.middlewareStack.remove('losePutAnswer');
  };
  onTestFinished(end);
  return {
    get count() {
      return count;
    },
    end,
  };
};
