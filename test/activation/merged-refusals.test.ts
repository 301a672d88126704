import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { callerBlock } from '../../src/activation/caller-block.ts';
import type { ActivationEvent } from '../../src/activation/events.ts';
import { createRefusalMerger } from '../../src/activation/merged-refusals.ts';
import { seconds } from './records.ts';

const recording = () => {
  const written: ActivationEvent[] = [];
  const merge = createRefusalMerger();
  const append = (refusal: ActivationEvent): void => {
    const event = merge(refusal);
    if (event) written.push(event);
  };
  return { written, append };
};
const refusal = (at: number, changes: Partial<ActivationEvent> = {}): ActivationEvent => ({
  id: randomUUID(),
  at: seconds(at),
  kind: 'RequestRefused',
  name: 'web-1',
  code: 'InvalidIdentity',
  actor: { kind: 'unproven', sourceIp: '203.0.113.9' },
  ...changes,
});

describe('refusals of one caller', () => {
  test('are written at the 1st, 2nd, 4th, 8th, each time as the same event', async () => {
    const { written, append } = recording();

    for (let index = 0; index < 1_000; index += 1) append(refusal(index / 1_000));

    expect(written.map(({ count }) => count)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
    expect(new Set(written.map(({ id }) => id)).size).toBe(1);
    expect(new Set(written.map(({ at }) => at)).size).toBe(1);
  });

  test('that go on slowly are written once a minute', async () => {
    const { written, append } = recording();

    for (let index = 0; index < 500; index += 1) append(refusal(index));

    expect(written.length).toBeLessThanOrEqual(9 + 500 / 60);
    expect(Number(written.at(-1)?.lastAt) - Number(seconds(499))).toBeGreaterThan(-60_000);
  });

  test('are another event after ten minutes, and when the clock was set back', async () => {
    const { written, append } = recording();

    for (const at of [0, 599, 600, -5]) append(refusal(at));

    expect(written.map(({ count }) => count)).toEqual([1, 2, 1, 1]);
  });

  test('with other codes, and of other callers, are other events', async () => {
    const { written, append } = recording();

    append(refusal(0));
    append(refusal(1, { code: 'InvalidRequest' }));
    append(refusal(2, { actor: { kind: 'unproven', sourceIp: '203.0.113.10' } }));

    expect(written.map(({ count }) => count)).toEqual([1, 1, 1]);
  });

  test('say what the last of them was told', async () => {
    const { written, append } = recording();

    append(refusal(0, { detail: 'first', requestId: 'r-1' }));
    append(refusal(1, { detail: 'second', requestId: 'r-2' }));

    expect(written.at(-1)).toMatchObject({ detail: 'second', requestId: 'r-2', at: seconds(0) });
  });
});

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['1::', '1:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['::FFFF:a00:1', '10.0.0.1'],
  ['64:ff9b::10.0.0.1', '64:ff9b:0:0::/64'],
  ['', ''],
  ['no address', 'no address'],
])('%s is of the caller %s', (address, block) => {
  expect(callerBlock(address)).toBe(block);
});
