import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { scheduled } from '../../src/activation/due.ts';
import {
  attempt,
  linked,
  NOW,
  newcomer,
  nodeId,
  outstanding,
  record,
  seconds,
  superseded,
} from './records.ts';

const RUNS = { numRuns: Number(process.env['RULE_RUNS'] ?? 500) };
const HOUR_S = 3600;
const ages = fc.integer({ min: 0, max: 23 * HOUR_S });

const unfinished = ages.chain((age) =>
  fc.constantFrom(
    record({ attempt: attempt() }),
    record({ activation: outstanding('a', { issuedAt: seconds(-age) }) }),
    record({ superseded: [superseded('a', { since: seconds(-age), deleted: false })] }),
    record({ superseded: [superseded('a', { since: seconds(-age) })] }),
    record({ strayAttempts: [{ id: attempt().id, since: seconds(-age) }] }),
    record({ replacedNodes: [{ id: nodeId('a'), registeredAt: NOW }] }),
    record({ node: linked('a', { unappliedTags: ['k'] }) }),
    record({ node: linked('a', { seenOnline: false, linkedAt: seconds(-age) }) }),
  ),
);

test('unfinished work always has a due time, and none is further off than five minutes', () =>
  fc.assert(
    fc.property(unfinished, (named) => {
      const due = scheduled(named, NOW).dueAt;
      expect(due?.getTime()).toBeGreaterThanOrEqual(NOW.getTime());
      expect(due?.getTime()).toBeLessThanOrEqual(seconds(300).getTime());
    }),
    RUNS,
  ));

test('two matters are due when the first of them is', () => {
  return fc.assert(
    fc.property(unfinished, unfinished, (one, other) => {
      const both = {
        ...one,
        ...Object.fromEntries(Object.entries(other).filter(([, value]) => isSome(value))),
      };
      const times = [both, one, other].map((named) => scheduled(named, NOW).dueAt?.getTime() ?? Number.NaN);
      expect(times[0]).toBeGreaterThanOrEqual(Math.min(...times));
    }),
    RUNS,
  );
});

test('the look after next is never sooner after the first than the first was: a quiet matter costs ever less', () => {
  return fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), (start) => {
      const activation = outstanding('a', { issuedAt: NOW });
      let now = seconds(start);
      let wait = 0;
      for (let look = 0; look < 20; look += 1) {
        const next = scheduled(record({ activation }), now).dueAt ?? now;
        const longer = next.getTime() - now.getTime();
        expect(longer).toBeGreaterThanOrEqual(wait);
        expect(longer).toBeGreaterThanOrEqual(2_000);
        wait = longer;
        now = next;
      }
      expect(wait).toBe(300_000);
    }),
    { numRuns: 50 },
  );
});

test('finished business has no due time', () => {
  expect(scheduled(record({ dueAt: NOW }), NOW).dueAt).toBeUndefined();
  expect(scheduled(record({ node: linked('a'), dueAt: NOW }), NOW).dueAt).toBeUndefined();
});

test('a node that has not reported for a day is no longer waited for', () => {
  const silent = (age: number) =>
    record({ node: linked('a', { seenOnline: false, linkedAt: seconds(-age) }) });

  expect(scheduled(silent(24 * HOUR_S - 1), NOW).dueAt).toBeDefined();
  expect(scheduled(silent(24 * HOUR_S), NOW).dueAt).toBeUndefined();
});

test('what is to be deleted, deregistered or tagged is due at once', () => {
  for (const named of [
    record({ superseded: [superseded('a', { deleted: false })] }),
    record({ replacedNodes: [{ id: nodeId('a'), registeredAt: NOW }] }),
    record({ node: linked('a', { unappliedTags: ['k'] }) }),
  ]) {
    expect(scheduled(named, NOW).dueAt).toEqual(NOW);
  }
});

test('a node that waits to be judged is due when all that came before it is known, and soon again after that', () => {
  const waiting = record({ newcomer: newcomer({ settlesAt: seconds(120) }) });

  expect(scheduled(waiting, NOW).dueAt).toEqual(seconds(120));
  expect(scheduled(waiting, seconds(120)).dueAt).toEqual(seconds(122));
});

test('what an attempt under way is to delete is left to it until its lease ends', () => {
  const claimed = record({ attempt: attempt(), superseded: [superseded('a', { deleted: false })] });

  expect(scheduled(claimed, NOW).dueAt).toEqual(attempt().leaseUntil);
});

const isSome = (value: unknown): boolean =>
  value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
