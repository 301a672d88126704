import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startLoop } from '../src/loop.ts';

const NEVER_MS = 3_600_000;

const loopOf = (work: () => Promise<void>) => {
  const loop = startLoop(work, NEVER_MS, () => {});
  onTestFinished(() => loop.stop());
  return loop;
};

test('what is wanted soon is worked on within moments, once for all who want it', async () => {
  let rounds = 0;
  const loop = loopOf(async () => {
    rounds += 1;
  });

  for (let wanted = 0; wanted < 20; wanted += 1) loop.soon();
  await sleep(600);

  expect(rounds).toBe(1);
});

test('a storm of wishes makes rounds that begin seconds apart', async () => {
  const begun: number[] = [];
  const loop = loopOf(async () => {
    begun.push(performance.now());
  });

  const end = performance.now() + 3_000;
  while (performance.now() < end) {
    loop.soon();
    await sleep(50);
  }

  expect(begun).toHaveLength(2);
  expect((begun[1] ?? 0) - (begun[0] ?? 0)).toBeGreaterThanOrEqual(1_900);
});

test('a wish during a round is worked on after it', async () => {
  let rounds = 0;
  const loop = loopOf(async () => {
    rounds += 1;
    if (rounds === 1) loop.soon();
  });

  loop.soon();
  await sleep(3_000);

  expect(rounds).toBe(2);
});
