import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ActivationEvent } from '../../src/activation/events.ts';
import { createRefusals } from '../../src/activation/refusals.ts';
import { seconds } from './records.ts';

const refusal = (at: number, changes: Partial<ActivationEvent> = {}): ActivationEvent => ({
  id: randomUUID(),
  at: seconds(at),
  kind: 'RequestRefused',
  name: 'web-1',
  code: 'InvalidIdentity',
  actor: { kind: 'machine', principal: { proof: 'network', subject: '10.0.0.7', mayRejoin: false } },
  ...changes,
});

/** A trail that can be made to fail, or to wait. */
const createTrail = () => {
  const written: ActivationEvent[] = [];
  const dropped: number[] = [];
  const state: { failing: boolean; until: Promise<void> } = { failing: false, until: Promise.resolve() };
  const refusals = createRefusals({
    append: async (event) => {
      await state.until;
      if (state.failing) throw new Error('the ledger is down');
      written.push(event);
    },
    onDropped: (count) => dropped.push(count),
  });
  return {
    note: refusals.note,
    allWritten: (withinMs = 5_000) => refusals.written(withinMs),
    written,
    dropped,
    state,
  };
};

test('noting a refusal takes no time, however long the trail takes to be written', async () => {
  const trail = createTrail();
  const held = Promise.withResolvers<void>();
  trail.state.until = held.promise;

  trail.note(refusal(0));
  expect(trail.written).toEqual([]);
  held.resolve();
  await trail.allWritten();

  expect(trail.written).toHaveLength(1);
});

test('a trail that cannot be written keeps nobody waiting for longer than said', async () => {
  const trail = createTrail();
  trail.state.until = new Promise(() => {});
  trail.note(refusal(0));
  const began = performance.now();

  await trail.allWritten(50);

  expect(performance.now() - began).toBeLessThan(1_000);
});

test('what could not be written is written with the next refusal', async () => {
  const trail = createTrail();
  trail.state.failing = true;
  trail.note(refusal(0, { name: 'web-1' }));
  await trail.allWritten();
  expect(trail.written).toEqual([]);

  trail.state.failing = false;
  trail.note(refusal(1, { name: 'web-2' }));
  await trail.allWritten();

  expect(trail.written.map(({ name }) => name).toSorted()).toEqual(['web-1', 'web-2']);
  expect(trail.dropped).toEqual([]);
});

test('what could not be written is tried again with a refusal that is merged into it', async () => {
  const trail = createTrail();
  trail.note(refusal(0));
  await trail.allWritten();
  trail.state.failing = true;
  trail.note(refusal(1));
  await trail.allWritten();

  trail.state.failing = false;
  trail.note(refusal(2));
  await trail.allWritten();

  expect(trail.written.map(({ count }) => count)).toEqual([1, 2]);
});

test('a refusal that comes again while it waits is written once, with its latest count', async () => {
  const trail = createTrail();
  const held = Promise.withResolvers<void>();
  trail.state.until = held.promise;

  for (let times = 0; times < 64; times += 1) trail.note(refusal(times / 100));
  await sleep(5);
  held.resolve();
  await trail.allWritten();

  expect(trail.written.map(({ count }) => count)).toEqual([1, 64]);
});

test('a ledger that stays down fills no memory: beyond five hundred events refusals are dropped, and counted', async () => {
  const trail = createTrail();
  trail.state.failing = true;

  for (let callers = 0; callers < 900; callers += 1) {
    const subject = `10.0.${Math.floor(callers / 250)}.${callers % 250}`;
    const principal = { proof: 'network', subject, mayRejoin: false } as const;
    trail.note(refusal(0, { actor: { kind: 'machine', principal } }));
  }
  await trail.allWritten();

  expect(trail.dropped.length).toBeGreaterThanOrEqual(390);
  trail.state.failing = false;
  trail.note(refusal(1, { name: 'web-2' }));
  await trail.allWritten();
  expect(trail.written.length).toBeLessThanOrEqual(501);
  expect(trail.written.length).toBeGreaterThan(400);
});
