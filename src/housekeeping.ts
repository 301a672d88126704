import { removeSilentNodes } from './activation/ended-machines.ts';
import type { Ports } from './activation/ports.ts';
import { sweep } from './activation/sweep.ts';
import { type Loop, startLoop } from './loop.ts';
import type { Policy } from './policy/policy.ts';

const SWEEP_DEADLINE_MS = 50_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What a server does beside answering: it sweeps, and once an hour ends the nodes that were silent for too long. */
export const startHousekeeping = (
  ports: Ports,
  policy: Policy,
  sweepEveryMs: number,
  onError: (error: unknown) => void,
): Loop => {
  const within = (milliseconds: number) => new Date(ports.clock().getTime() + milliseconds);
  const sweeping = async () => {
    const { interruptedBy } = await sweep(ports, within(SWEEP_DEADLINE_MS));
    if (interruptedBy) onError(interruptedBy);
  };
  const sweeps = startLoop(sweeping, sweepEveryMs, onError);
  const days = policy.nodes.deregisterSilentAfterDays;
  const silence =
    days === undefined
      ? undefined
      : startLoop(() => removeSilentNodes(ports, days * DAY_MS, within(HOUR_MS)), HOUR_MS, onError);
  return {
    soon: () => sweeps.soon(),
    stop: async () => {
      await Promise.all([sweeps.stop(), silence?.stop()]);
    },
  };
};
