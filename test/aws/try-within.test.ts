import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { tryWithin } from '../../src/aws/try-within.ts';

const never = () => new Promise<never>(() => {});

test('an answer in time is the answer', async () => {
  expect(await tryWithin(1_000, undefined, async () => 'answer')).toBe('answer');
});

test('a failure in time is the failure', async () => {
  const failure = new Error('refused');

  await expect(tryWithin(1_000, undefined, () => Promise.reject(failure))).rejects.toBe(failure);
});

test('a callee that heeds no signal is left when the time is up', async () => {
  await expect(tryWithin(20, undefined, never)).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('a callee that heeds the signal is told to stop', async () => {
  let told: unknown;
  const heeding = (signal: AbortSignal) =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        told = signal.reason;
        reject(signal.reason);
      });
    });

  await expect(tryWithin(20, undefined, heeding)).rejects.toMatchObject({ name: 'TimeoutError' });

  expect(told).toMatchObject({ name: 'TimeoutError' });
});

test('work that nobody waits for any more ends at once', async () => {
  const caller = new AbortController();
  const trying = tryWithin(60_000, caller.signal, never);

  caller.abort();

  await expect(trying).rejects.toMatchObject({ name: 'AbortError' });
});

test('work that nobody waited for before it began is not begun', async () => {
  const trying = tryWithin(60_000, AbortSignal.abort(), never);

  await expect(trying).rejects.toMatchObject({ name: 'AbortError' });
});

test('an answer that came while this process was held up counts', async () => {
  const answered = tryWithin(30, undefined, async () => {
    await sleep(20);
    return 'answer';
  });

  const heldUpUntil = performance.now() + 200;
  while (performance.now() < heldUpUntil);

  expect(await answered).toBe('answer');
});

test('a thousand tries leave no listener at the signal that they share', async () => {
  const caller = new AbortController();

  for (let tries = 0; tries < 1_000; tries += 1) await tryWithin(60_000, caller.signal, async () => tries);

  expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
});
