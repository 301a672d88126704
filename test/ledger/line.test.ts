import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { deadlineIn } from '../../src/activation/deadline.ts';
import { createLine, type Line } from '../../src/ledger/line.ts';

const MOST = 40;
const inMs = (milliseconds: number, cut?: AbortSignal) =>
  deadlineIn(milliseconds, { clock: () => new Date(), cut });

/** A line in whose every place a call is in flight. */
const fullLine = async (stopwatch?: () => number): Promise<Line> => {
  const line = createLine(stopwatch);
  for (let places = 0; places < MOST; places += 1) await line.enter(inMs(60_000), performance.now());
  return line;
};
const settled = async (entering: Promise<void>): Promise<string> =>
  Promise.race([
    entering.then(
      () => 'entered',
      (error: unknown) => (error instanceof Error ? error.name : 'failed'),
    ),
    sleep(50, 'waiting'),
  ]);

test('those who find no place wait in order, and nobody overtakes them', async () => {
  const line = await fullLine();
  const order: string[] = [];
  const first = line.enter(inMs(60_000), performance.now()).then(() => order.push('first'));
  const second = line.enter(inMs(60_000), performance.now()).then(() => order.push('second'));

  line.leave('answered');
  await line.enter(inMs(20), performance.now()).catch(() => order.push('late-comer turned away'));
  line.leave('answered');

  await Promise.all([first, second]);
  expect(order).toEqual(['first', 'late-comer turned away', 'second']);
});

test('a place that is left while nobody waits is free for the next', async () => {
  const line = await fullLine();

  line.leave('answered');

  expect(await settled(line.enter(inMs(60_000), performance.now()))).toBe('entered');
});

test('nobody waits past a deadline', async () => {
  const line = await fullLine();

  await expect(line.enter(inMs(20), performance.now())).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('who is gone waits no longer, and takes no place', async () => {
  const line = await fullLine();
  const caller = new AbortController();
  const gone = line.enter(inMs(60_000, caller.signal), performance.now());
  const next = line.enter(inMs(60_000), performance.now());

  caller.abort();
  await expect(gone).rejects.toMatchObject({ name: 'TimeoutError' });
  line.leave('answered');

  expect(await settled(next)).toBe('entered');
});

test('a ledger that is silent to everybody keeps nobody in line for longer than six seconds', async () => {
  const hundredTimesAsFast = () => performance.now() * 100;
  const line = await fullLine(hundredTimesAsFast);
  const began = performance.now();

  await expect(line.enter(inMs(60_000), hundredTimesAsFast())).rejects.toMatchObject({
    name: 'TimeoutError',
  });

  expect((performance.now() - began) * 100).toBeGreaterThanOrEqual(5_900);
});

test('a ledger that answers others, however slowly, is waited for', async () => {
  const hundredTimesAsFast = () => performance.now() * 100;
  const line = await fullLine(hundredTimesAsFast);
  const ahead = [1, 2, 3].map(() => line.enter(inMs(60_000), hundredTimesAsFast()));
  const entering = line.enter(inMs(60_000), hundredTimesAsFast());

  for (const _answer of [1, 2, 3, 4]) {
    await sleep(40);
    line.leave('answered');
  }

  await expect(Promise.all([...ahead, entering])).resolves.toBeDefined();
});
