import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { listen } from '../../bootstrap/listener.ts';
import { type Fault, nameOf } from './fault.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

const WHOLE = JSON.stringify({ Item: { PK: { S: 'name#web-1' } } });
const REQUEST_ID = 'x-amzn-requestid';

let proxy: FaultProxy;
/** What took effect behind the proxy. */
let effects: string[];

beforeEach(async () => {
  effects = [];
  const service = createServer(async (request, response) => {
    for await (const chunk of request) effects.push(String(chunk));
    response.writeHead(200, { [REQUEST_ID]: 'from-the-service' }).end(WHOLE);
  });
  const listener = await listen(service);
  proxy = await startFaultProxy({ port: Number(new URL(listener.url).port) });
  onTestFinished(async () => {
    await proxy.close();
    await listener.close();
  });
});

const ask = (body = 'a call', operation = 'GetItem', patienceMs = 200) =>
  fetch(proxy.url, {
    method: 'POST',
    body,
    headers: {
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'content-type': 'application/x-amz-json-1.0',
    },
    signal: AbortSignal.timeout(patienceMs),
  });
/** What a caller sees: an answer, or the name of what it met in place of one. */
const seen = async (...call: Parameters<typeof ask>): Promise<unknown> => {
  try {
    const response = await ask(...call);
    const text = await response.text();
    return { status: response.status, text, isOfAws: response.headers.has(REQUEST_ID) };
  } catch (error) {
    return error instanceof Error ? error.name : error;
  }
};
const GOOD = { status: 200, text: WHOLE, isOfAws: true };
/** The client's own patience ended. */
const NOTHING = 'TimeoutError';
const BROKEN = 'TypeError';
const HALF = { status: 200, text: WHOLE.slice(0, WHOLE.length / 2), isOfAws: true };
const page = (status: number) => ({ status, text: expect.stringContaining('<html>'), isOfAws: false });
const empty = (status: number) => ({ status, text: '', isOfAws: false });
const refusal = (name: string, status = 400) => ({
  status,
  text: expect.stringMatching(new RegExp(`"__type":"[\\w.]+#${name}"`)),
  isOfAws: true,
});

const FAULTS: readonly (readonly [Fault, unknown, 'takes effect' | 'has no effect'])[] = [
  [{ kind: 'none' }, GOOD, 'takes effect'],
  [{ kind: 'silent' }, NOTHING, 'has no effect'],
  [{ kind: 'unanswered' }, NOTHING, 'takes effect'],
  [{ kind: 'stall' }, NOTHING, 'takes effect'],
  [{ kind: 'drip' }, NOTHING, 'takes effect'],
  [{ kind: 'slow', ms: 50 }, GOOD, 'takes effect'],
  [{ kind: 'slow', ms: 300 }, NOTHING, 'has no effect'],
  [{ kind: 'late', ms: 300 }, NOTHING, 'takes effect'],
  [{ kind: 'reset', ms: 0 }, BROKEN, 'has no effect'],
  [{ kind: 'reset after' }, BROKEN, 'takes effect'],
  [{ kind: 'refuse connections' }, BROKEN, 'has no effect'],
  [{ kind: 'page', status: 200 }, page(200), 'has no effect'],
  [{ kind: 'page', status: 503 }, page(503), 'has no effect'],
  [{ kind: 'truncated', told: 'whole' }, BROKEN, 'takes effect'],
  [{ kind: 'truncated', told: 'half' }, HALF, 'takes effect'],
  [{ kind: 'empty', status: 429 }, empty(429), 'has no effect'],
  [{ kind: 'error', name: 'AccessDeniedException' }, refusal('AccessDeniedException'), 'has no effect'],
  [{ kind: 'error', name: 'InternalServerError' }, refusal('InternalServerError', 500), 'has no effect'],
];

describe('a call that meets a fault', () => {
  test.each(FAULTS.map(([fault, sight, effect]) => ({ name: nameOf(fault), fault, sight, effect })))(
    '$name $effect, and after healing the next is served',
    async ({ fault, sight, effect }) => {
      await proxy.set({ fault });

      expect(await seen()).toEqual(sight);
      await sleep(150);
      expect(effects).toEqual(effect === 'takes effect' ? ['a call'] : []);

      await proxy.heal();
      expect(await seen('the next')).toEqual(GOOD);
    },
  );

  test('close idle breaks a connection that was kept, and no new one', async () => {
    await proxy.set({ fault: { kind: 'close idle' } });
    expect(await seen()).toEqual(GOOD);
    await sleep(200);

    expect(await seen()).toEqual(BROKEN);
    expect(await seen()).toEqual(GOOD);
  });
});

describe('a rule', () => {
  const silence: Fault = { kind: 'silent' };

  test('is of its operations alone', async () => {
    await proxy.set({ fault: silence, operations: ['PutItem'] });

    expect(await Promise.all([seen('a', 'PutItem'), seen('b', 'GetItem')])).toEqual([NOTHING, GOOD]);
  });

  test('is of the calls that mention what it names', async () => {
    await proxy.set({ fault: silence, mentioning: ['web-1', 'web-2'] });

    expect(await Promise.all(['web-1', 'web-2', 'web-3'].map((body) => seen(body)))).toEqual([
      NOTHING,
      NOTHING,
      GOOD,
    ]);
  });

  test('is over when so many calls have met it, after those that it lets through', async () => {
    await proxy.set({ fault: { kind: 'empty', status: 500 }, after: 1, times: 2 });

    const answers = [];
    for (let call = 0; call < 4; call += 1) answers.push(await seen());

    expect(answers).toEqual([GOOD, empty(500), empty(500), GOOD]);
  });

  test('that comes first decides', async () => {
    await proxy.set({ fault: { kind: 'none' }, operations: ['Query'] }, { fault: silence });

    expect(await Promise.all([seen('a', 'Query'), seen('b', 'GetItem')])).toEqual([GOOD, NOTHING]);
  });
});

test('what was swallowed stays so, and it counts as unanswered until its client hangs up', async () => {
  await proxy.set({ fault: { kind: 'silent' } });
  const asked = seen('swallowed', 'GetItem', 600);
  await sleep(200);
  await proxy.heal();

  expect(await seen('another')).toEqual(GOOD);
  expect({ unanswered: proxy.unanswered(), connections: proxy.connections() }).toEqual({
    unanswered: 1,
    connections: 2,
  });

  expect(await asked).toBe(NOTHING);
  await expect.poll(() => proxy.unanswered()).toBe(0);
  expect(proxy.calls.map(({ body }) => body)).toEqual(['swallowed', 'another']);
});
