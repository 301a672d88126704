import { DescribeActivationsCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { Task } from '../activation/deadline.ts';
import { CallFailed, callUntilAnswered } from '../aws/call.ts';
import { writtenByAws } from '../aws/written-by-aws.ts';
import { type Caller, failureOf } from './call.ts';

/** What answered so lately can be called. */
const RECENT_MS = 30_000;
const RETURN_SECONDS = 2;

/** Finds out whether Systems Manager can be called, mostly by the calls that are made anyway. */
export interface Probe {
  /** A call was answered. */
  answered(): void;
  /** One call beside the queue, in which it would take a machine's place, and not tried again. @throws SystemsManagerFailure */
  check(task: Task): Promise<void>;
}

export const createProbe = (client: SSMClient, { clock, sleep, random, onFailedCall }: Caller): Probe => {
  let answeredAt: number | undefined;
  const isRecent = () => answeredAt !== undefined && Math.abs(clock().getTime() - answeredAt) < RECENT_MS;
  return {
    answered: () => {
      answeredAt = clock().getTime();
    },
    check: async (task) => {
      if (isRecent()) return;
      const manner = {
        dependency: 'Systems Manager',
        tryMs: () => task.deadline.leftMs(),
        firstWaitMs: 0,
        longestWaitMs: 0,
        mostTries: 1,
        sleep,
        random,
        onFailedCall,
      } as const;
      try {
        await callUntilAnswered(manner, task, {
          operation: 'DescribeActivations',
          send: async (abortSignal) => {
            const command = new DescribeActivationsCommand({ MaxResults: 1 });
            return writtenByAws(await client.send(command, { abortSignal }));
          },
        });
      } catch (error) {
        throw error instanceof CallFailed ? failureOf(error, RETURN_SECONDS) : error;
      }
    },
  };
};
