import type { Ports } from './activation/ports.ts';
import { sweep } from './activation/sweep.ts';

export interface SweepLoop {
  /** Sweeps soon, whatever the interval; many requests at once make one sweep. */
  soon(): void;
  /** Ends the loop when the sweep under way is done. */
  stop(): Promise<void>;
}

/** How long after a registration its sweep begins: others of the same storm join it. */
const GATHER_MS = 250;

/** Sweeps again and again in this process, never twice at once. */
export const startSweepLoop = (
  ports: Ports,
  intervalMs: number,
  onError: (error: unknown) => void,
): SweepLoop => {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let wantedSoon = false;
  let stopped = false;

  const schedule = (milliseconds: number) => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void run(), milliseconds);
  };
  const run = async (): Promise<void> => {
    wantedSoon = false;
    const deadline = new Date(ports.clock().getTime() + Math.max(intervalMs, 50_000));
    running = sweep(ports, deadline).then(() => {}, onError);
    await running;
    running = undefined;
    schedule(wantedSoon ? GATHER_MS : intervalMs);
  };
  schedule(intervalMs);
  return {
    soon: () => {
      if (wantedSoon) return;
      wantedSoon = true;
      if (!running) schedule(GATHER_MS);
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
};
