import { type Deadline, deadlineIn } from '../../src/activation/deadline.ts';
import type { Caller } from '../../src/ssm/call.ts';
import { createPace } from '../../src/ssm/pace.ts';

/** Time that passes only where a sleep lets it. */
export const createTime = (start = 1_000_000) => {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    clock: () => new Date(now),
    /** By this time alone. */
    deadlineIn: (milliseconds: number): Deadline =>
      deadlineIn(milliseconds, { clock: () => new Date(now), stopwatch: () => now }),
    sleep: async (milliseconds: number): Promise<void> => {
      slept.push(milliseconds);
      now += milliseconds;
    },
    advanceTo: (moment: number): void => {
      now = moment;
    },
  };
};

/** Calls that are not paced, in time that passes by their sleeping only. */
export const callerIn = (time: ReturnType<typeof createTime>, changes: Partial<Caller> = {}): Caller => ({
  pace: createPace(undefined, time.clock, time.sleep),
  clock: time.clock,
  sleep: time.sleep,
  random: () => 0.5,
  onFailedCall: () => {},
  ...changes,
});
