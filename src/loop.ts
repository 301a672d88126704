export interface Loop {
  /** Works soon, whatever the interval; many requests at once make one round. */
  soon(): void;
  /** Ends the loop when the round under way is done. */
  stop(): Promise<void>;
}

/** How long after a request its round begins: others of the same storm join it. */
const GATHER_MS = 250;
/** In a storm requests never cease: rounds that begin farther apart ask Systems Manager about more names in each call. */
const LEAST_INTERVAL_MS = 2_000;

/** Works again and again in this process, never twice at once. */
export const startLoop = (
  work: () => Promise<unknown>,
  intervalMs: number,
  onError: (error: unknown) => void,
): Loop => {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let wantedSoon = false;
  let stopped = false;
  let began = Number.NEGATIVE_INFINITY;

  const soonest = () => Math.max(GATHER_MS, began + LEAST_INTERVAL_MS - performance.now());
  const schedule = (milliseconds: number) => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void run(), milliseconds);
  };
  const run = async (): Promise<void> => {
    wantedSoon = false;
    began = performance.now();
    running = work().then(() => {}, onError);
    await running;
    running = undefined;
    schedule(wantedSoon ? soonest() : intervalMs);
  };
  schedule(intervalMs);
  return {
    soon: () => {
      if (wantedSoon) return;
      wantedSoon = true;
      if (!running) schedule(soonest());
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
};
