import type { Configuration } from './configuration.ts';
import { WORKER_CONCURRENCY } from './constructs/node-events.ts';

/** The worker's part of the account's calls to SSM; the rest is shared by all instances of the API function. */
const WORKER_PART = 0.3;

export interface SsmBudget {
  /** Calls to SSM a second by one instance of the function. */
  readonly worker: number;
  readonly api: number;
}

/**
 * SSM publishes no rates and the account shares one: however many instances Lambda starts, together they stay within
 * the budget, because each paces itself to its part and their number is limited.
 */
export const shareSsmBudget = ({
  ssmCallsPerSecond,
  apiConcurrency,
}: Pick<Configuration, 'ssmCallsPerSecond' | 'apiConcurrency'>): SsmBudget => {
  const worker = ssmCallsPerSecond * WORKER_PART;
  return { worker: worker / WORKER_CONCURRENCY, api: (ssmCallsPerSecond - worker) / apiConcurrency };
};
