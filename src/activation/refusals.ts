import type { ActivationEvent } from './events.ts';
import { createRefusalMerger } from './merged-refusals.ts';

/** The refusals' way into the audit trail: beside the answer, which does not wait for it. */
export interface Refusals {
  note(refusal: ActivationEvent): void;
  /** Resolves when all that was noted is written, or cannot be for now, and after so many milliseconds in any case. */
  written(withinMs: number): Promise<void>;
}

export interface RefusalsOptions {
  /** Writes one event; a failure is final for the moment. */
  readonly append: (event: ActivationEvent) => Promise<void>;
  /** So many refusals will not be in the trail, and why the last one is not. */
  readonly onDropped: (refusals: number, cause: unknown) => void;
}

/** Refusals are merged already: so many different ones come together only while the ledger does not take them. */
const MOST_WAITING = 500;
const AT_ONCE = 4;
/** After a failure the next try waits so long, or for the next refusal. */
const AGAIN_MS = 5_000;

/**
 * Keeps refusals until the ledger has taken them. A ledger that is down must not hold up the answers that need none, nor
 * fill this process's memory: a refusal that comes again takes the place of the one that waits, and too many are dropped.
 */
export const createRefusals = ({ append, onDropped }: RefusalsOptions): Refusals => {
  const merge = createRefusalMerger();
  const waiting = new Map<string, ActivationEvent>();
  let lastError: unknown;
  let writers = 0;
  let again: NodeJS.Timeout | undefined;
  let onIdle: (() => void)[] = [];

  const keep = (event: ActivationEvent): void => {
    if (waiting.size < MOST_WAITING || waiting.has(event.id)) waiting.set(event.id, event);
    else onDropped(event.count ?? 1, lastError);
  };

  /** Takes events until there are none, or one cannot be written. */
  const write = async (): Promise<void> => {
    for (const [id, event] of waiting) {
      waiting.delete(id);
      try {
        await append(event);
      } catch (error) {
        lastError = error;
        // The same refusal may have come again meanwhile, with a higher count.
        if (!waiting.has(id)) keep(event);
        return;
      }
    }
  };

  const start = (): void => {
    clearTimeout(again);
    while (writers < Math.min(AT_ONCE, waiting.size)) {
      writers += 1;
      void write().then(finish);
    }
  };
  const finish = (): void => {
    writers -= 1;
    if (writers > 0) return;
    const resolve = onIdle;
    onIdle = [];
    for (const done of resolve) done();
    if (waiting.size > 0) again = setTimeout(start, AGAIN_MS).unref();
  };

  return {
    note: (refusal) => {
      const event = merge(refusal);
      if (event) keep(event);
      start();
    },
    written: (withinMs) =>
      writers === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            const timer = setTimeout(resolve, withinMs);
            onIdle.push(() => {
              clearTimeout(timer);
              resolve();
            });
          }),
  };
};
