import { describe, expect, test } from 'vitest';
import type { ActivationEvent } from '../../src/activation/events.ts';
import { LOCAL_POLICY } from '../../src/policy/local-policy.ts';
import { Policy } from '../../src/policy/policy.ts';
import { OPERATOR, startService, type TestService } from '../service.ts';

/** Machines of one network are let in, with names of theirs; everybody else is a stranger. */
const POLICY = Policy.parse({ network: [{ cidrs: ['10.0.0.0/8', 'fd00::/8'], names: ['web-*'] }] });
const STRANGER = '203.0.113.9';

const trail = async ({ ports, context }: TestService): Promise<readonly ActivationEvent[]> => {
  await context.refusals.written(10_000);
  const { events, next } = await ports.events.list({ limit: 5_000 });
  expect(next).toBeUndefined();
  return events;
};
const refusalsIn = (events: readonly ActivationEvent[]): number =>
  events.reduce((sum, { count = 1 }) => sum + count, 0);

interface Asking {
  readonly from?: string;
  readonly url?: string;
}
const ask = async ({ app }: TestService, { from = STRANGER, url = '/activate?name=web-1' }: Asking) =>
  (await app.inject({ url, remoteAddress: from })).statusCode;

const THOUSAND = Array.from({ length: 1_000 }, (_, index) => index);

describe('a stranger who is refused a thousand times', () => {
  test('is one event, which says how often and until when', async () => {
    const service = await startService({}, POLICY);

    for (const _time of THOUSAND) {
      await ask(service, {});
      service.clock.advance(250);
    }

    expect(await trail(service)).toMatchObject([
      {
        kind: 'RequestRefused',
        code: 'InvalidIdentity',
        name: 'web-1',
        actor: { kind: 'unproven', sourceIp: STRANGER },
        at: new Date('2026-11-21T10:00:00Z'),
        count: expect.toSatisfy((count: number) => count > 700 && count <= 1_000),
        lastAt: expect.toSatisfy((at: Date) => at > new Date('2026-11-21T10:03:00Z')),
      },
    ]);
  });

  test.each([
    ['by another name each time', (index: number) => ({ url: `/activate?name=web-${index}` })],
    ['by names that are none', (index: number) => ({ url: `/tag?name=%0A${index}` })],
    [
      'from another address of its IPv6 network each time',
      (index: number) => ({ from: `2001:db8:1:2::${index.toString(16)}` }),
    ],
    ['at the routes of operators', () => ({ url: '/nodes' })],
  ])('%s is a handful of events', async (_how, asking) => {
    const service = await startService({}, POLICY);

    for (const index of THOUSAND) await ask(service, asking(index));

    const events = await trail(service);
    expect(events.length).toBeLessThanOrEqual(9);
    expect(refusalsIn(events)).toBeGreaterThanOrEqual(500);
  });

  test('from a thousand networks is not a thousand events, and all are counted', async () => {
    const service = await startService({}, POLICY);

    for (const index of THOUSAND) await ask(service, { from: `2001:db8:0:${index.toString(16)}::1` });

    const events = await trail(service);
    expect(events.length).toBeLessThanOrEqual(129);
    expect(events).toContainEqual(
      expect.objectContaining({ actor: { kind: 'unproven', sourceIp: 'further callers' }, count: 512 }),
    );
  });
});

test('what strangers do hides no refusal of a machine that proved who it is, nor its reason', async () => {
  const service = await startService({}, POLICY);
  for (const index of THOUSAND) await ask(service, { from: `2001:db8:0:${index.toString(16)}::1` });

  const machines = Array.from({ length: 50 }, (_, index) => `10.0.0.${index}`);
  for (const from of machines) await ask(service, { from, url: '/activate?name=db-1' });

  const ofMachines = (await trail(service)).filter(({ actor }) => actor.kind === 'machine');
  expect(ofMachines.map(({ code }) => code)).toEqual(machines.map(() => 'NameNotAllowed'));
  expect(new Set(ofMachines.map(({ actor }) => actor.kind === 'machine' && actor.principal.subject))).toEqual(
    new Set(machines),
  );
});

test('a machine with a proof cannot fill it either', async () => {
  const service = await startService({}, POLICY);

  for (const index of THOUSAND) {
    await ask(service, { from: '10.0.0.1', url: `/activate?name=db-${index}` });
    await ask(service, { from: `fd00::${index.toString(16)}`, url: '/activate?name=db-1' });
  }

  expect((await trail(service)).length).toBeLessThanOrEqual(103);
});

test('a flood of refusals writes ever less, and what was granted is still told for each machine', async () => {
  const service = await startService({}, LOCAL_POLICY);
  for (const _time of THOUSAND) await ask(service, {});

  for (const index of THOUSAND.slice(0, 20)) {
    expect(await ask(service, { from: '127.0.0.1', url: `/activate?name=web-${index}` })).toBe(200);
  }

  const issued = (await trail(service)).filter(({ kind }) => kind === 'ActivationIssued');
  expect(issued).toHaveLength(20);
});

test('operators are shown the count, and find by its last time what began before', async () => {
  const service = await startService({}, POLICY);
  for (let minute = 0; minute < 8; minute += 1) {
    await ask(service, {});
    service.clock.advance(60_000);
  }

  const { Events } = (
    await service.app.inject({ url: '/events?since=2026-11-21T10:06:30Z', headers: OPERATOR })
  ).json();

  expect(Events).toMatchObject([
    { EventTime: '2026-11-21T10:00:00.000Z', LastEventTime: '2026-11-21T10:07:00.000Z', Count: 8 },
  ]);
});
