import type { Clock } from './activation/clock.ts';
import { deadlineIn } from './activation/deadline.ts';
import { removeSilentNodes } from './activation/ended-machines.ts';
import type { PortsFor } from './activation/ports.ts';
import { sweep } from './activation/sweep.ts';
import { type Loop, startLoop } from './loop.ts';
import type { Policy } from './policy/policy.ts';

const SWEEP_DEADLINE_MS = 50_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface HousekeepingContext {
  readonly portsFor: PortsFor;
  readonly clock: Clock;
  readonly policy: Policy;
}

/** What a server does beside answering: it sweeps, and once an hour ends the nodes that were silent for too long. */
export const startHousekeeping = (
  { portsFor, clock, policy }: HousekeepingContext,
  sweepEveryMs: number,
  onError: (error: unknown) => void,
): Loop => {
  const stopping = new AbortController();
  const { signal: cut } = stopping;
  const within = (milliseconds: number, requestId: string) =>
    portsFor({ deadline: deadlineIn(milliseconds, { clock, cut }), requestId });
  const tell = (error: unknown) => {
    if (!cut.aborted) onError(error);
  };
  const sweeping = async () => {
    const { interruptedBy } = await sweep(within(SWEEP_DEADLINE_MS, 'sweep'));
    if (interruptedBy) tell(interruptedBy);
  };
  const sweeps = startLoop(sweeping, sweepEveryMs, tell);
  const days = policy.nodes.deregisterSilentAfterDays;
  const silence =
    days === undefined
      ? undefined
      : startLoop(() => removeSilentNodes(within(HOUR_MS, 'hourly'), days * DAY_MS), HOUR_MS, tell);
  return {
    soon: () => sweeps.soon(),
    // A round that is cut short leaves what is due to the next, in this process or another.
    stop: async () => {
      stopping.abort();
      await Promise.all([sweeps.stop(), silence?.stop()]);
    },
  };
};
