import { DescribeActivationsCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { Clock } from '../activation/ports.ts';
import { refused, unavailable } from './call.ts';
import { faultOf } from './faults.ts';

/** What answered so lately can be called. */
const RECENT_MS = 30_000;

/** Finds out whether Systems Manager can be called, mostly by the calls that are made anyway. */
export interface Probe {
  /** A call was answered. */
  answered(): void;
  /** One call beside the queue, in which it would take a machine's place, and not tried again. @throws SystemsManagerFailure */
  check(deadline: Date): Promise<void>;
}

export const createProbe = (client: SSMClient, clock: Clock): Probe => {
  let answeredAt: number | undefined;
  const isRecent = () => answeredAt !== undefined && Math.abs(clock().getTime() - answeredAt) < RECENT_MS;
  return {
    answered: () => {
      answeredAt = clock().getTime();
    },
    check: async (deadline) => {
      if (isRecent()) return;
      const timeLeftMs = Math.max(1, deadline.getTime() - clock().getTime());
      try {
        const command = new DescribeActivationsCommand({ MaxResults: 1 });
        await client.send(command, { abortSignal: AbortSignal.timeout(timeLeftMs) });
      } catch (error) {
        switch (faultOf(error)) {
          case 'throttled':
          case 'unanswered':
            throw unavailable(error, 2, false);
          case 'refused':
          case 'role-unusable':
            throw refused(error, false);
          case 'unknown':
            throw error;
        }
      }
    },
  };
};
