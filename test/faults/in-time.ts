import { setTimeout as sleep } from 'node:timers/promises';

/** What some work resolves to. @throws Error when it takes longer */
export const inTime = async <T>(work: Promise<T>, milliseconds: number): Promise<T> => {
  const waiting = new AbortController();
  const late = async (): Promise<never> => {
    await sleep(milliseconds, undefined, { signal: waiting.signal });
    throw new Error(`not done in ${milliseconds} ms`);
  };
  try {
    return await Promise.race([work, late()]);
  } finally {
    waiting.abort();
  }
};
