import { expect, test } from 'vitest';
import { deadlineIn } from '../../src/activation/deadline.ts';

/** A clock that is set, and a stopwatch that only time moves. */
const createTimes = () => {
  let [timeOfDay, elapsed] = [new Date('2026-11-21T10:00:00Z').getTime(), 5_000];
  return {
    clock: () => new Date(timeOfDay),
    stopwatch: () => elapsed,
    pass: (milliseconds: number) => {
      timeOfDay += milliseconds;
      elapsed += milliseconds;
    },
    setClock: (byMilliseconds: number) => {
      timeOfDay += byMilliseconds;
    },
  };
};

test('what is left of it passes with time, and never is less than nothing', () => {
  const times = createTimes();
  const deadline = deadlineIn(20_000, times);

  times.pass(19_000);
  expect(deadline.leftMs()).toBe(1_000);
  times.pass(2_000);
  expect(deadline.leftMs()).toBe(0);
});

test('a clock that is set back makes no work last longer', () => {
  const times = createTimes();
  const deadline = deadlineIn(20_000, times);

  times.setClock(-3_600_000);
  times.pass(15_000);

  expect(deadline.leftMs()).toBe(5_000);
});

test('a machine that slept, and its stopwatch with it, is past the deadline when it wakes', () => {
  const times = createTimes();
  const deadline = deadlineIn(20_000, times);

  times.setClock(3_600_000);

  expect(deadline.leftMs()).toBe(0);
});

test('a part of the work ends sooner, and never later than the whole', () => {
  const times = createTimes();
  const deadline = deadlineIn(20_000, times);

  expect(deadline.within(5_000).leftMs()).toBe(5_000);
  expect(deadline.within(60_000).leftMs()).toBe(20_000);
  expect(deadline.within(Number.POSITIVE_INFINITY).leftMs()).toBe(20_000);
  expect(deadline.earlierBy(2_000).leftMs()).toBe(18_000);
  expect(deadline.earlierBy(2_000).within(19_000).leftMs()).toBe(18_000);
});

test('work that is cut short has no time left, in all its parts but those that go on', () => {
  const caller = new AbortController();
  const deadline = deadlineIn(20_000, { ...createTimes(), cut: caller.signal });
  const part = deadline.within(5_000);

  caller.abort();

  expect(deadline.leftMs()).toBe(0);
  expect(part.leftMs()).toBe(0);
  expect(deadline.uncut().leftMs()).toBe(20_000);
  expect(part.uncut().within(60_000).leftMs()).toBe(5_000);
});
