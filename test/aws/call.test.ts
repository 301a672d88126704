import { expect, test } from 'vitest';
import { type Deadline, deadlineIn } from '../../src/activation/deadline.ts';
import { type Call, callUntilAnswered, type Manner } from '../../src/aws/call.ts';
import type { FailedCall } from '../../src/aws/failed-call.ts';
import { createTime } from '../ssm/time.ts';

const AWS_REQUEST_ID = '5f8a1c1e';
const refused = Object.assign(new Error('no'), {
  name: 'AccessDeniedException',
  $fault: 'client',
  $metadata: { httpStatusCode: 400, requestId: AWS_REQUEST_ID },
});
const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });

const startCalling = (changes: Partial<Manner> = {}) => {
  const time = createTime();
  const failed: FailedCall[] = [];
  const manner: Manner = {
    dependency: 'DynamoDB',
    tryMs: () => 2_000,
    firstWaitMs: 50,
    longestWaitMs: 1_000,
    sleep: time.sleep,
    random: () => 0.5,
    onFailedCall: (call) => failed.push(call),
    ...changes,
  };
  const call = (
    send: Call<unknown>['send'],
    more: Partial<Call<unknown>> = {},
    deadline: Deadline = time.deadlineIn(20_000),
  ) =>
    callUntilAnswered(
      manner,
      { deadline, requestId: 'a-request' },
      { operation: 'GetItem', send, ...more },
    ).catch((error: unknown) => error);
  return { time, failed, call };
};
const failing = (error: unknown) => async () => {
  throw error;
};

test('a call that failed for good is told once, with all by which it is found', async () => {
  const { failed, call } = startCalling();

  await call(failing(refused));

  expect(failed).toEqual([
    {
      dependency: 'DynamoDB',
      operation: 'GetItem',
      fault: 'refused',
      error: 'AccessDeniedException',
      tries: 1,
      milliseconds: expect.any(Number),
      requestId: 'a-request',
      awsRequestId: AWS_REQUEST_ID,
    },
  ]);
});

test('a call that is answered in the end is no failure to tell of', async () => {
  const { failed, call } = startCalling();
  let tries = 0;

  await call(async () => {
    tries += 1;
    if (tries < 4) throw reset;
    return 'answer';
  });

  expect(tries).toBe(4);
  expect(failed).toEqual([]);
});

test('a refusal that the caller expects is an answer, and nothing to tell of', async () => {
  const { failed, call } = startCalling();

  expect(await call(failing(refused), { isExpected: () => true })).toMatchObject({ fault: 'refused' });

  expect(failed).toEqual([]);
});

test('a call that nobody waits for any more is no failure of AWS', async () => {
  const caller = new AbortController();
  const { time, failed, call } = startCalling();
  const deadline = deadlineIn(20_000, { clock: time.clock, stopwatch: time.now, cut: caller.signal });
  const calling = call(() => new Promise(() => {}), {}, deadline);

  caller.abort();

  expect(await calling).toMatchObject({ name: 'CallFailed' });
  expect(failed).toEqual([]);
});

test('one answer that is lost costs its own time and not the deadline', async () => {
  const { call } = startCalling({ tryMs: () => 20 });
  let tries = 0;
  const began = performance.now();

  const answer = await call(async () => {
    tries += 1;
    if (tries === 1) await new Promise(() => {});
    return 'answer';
  });

  expect(answer).toEqual({ output: 'answer', mayHaveActedBefore: true });
  expect(performance.now() - began).toBeLessThan(1_000);
});

test('nothing is sent after the deadline', async () => {
  const { time, call } = startCalling();
  let tries = 0;

  const error = await call(
    async () => {
      tries += 1;
    },
    { prepare: async () => time.advanceTo(time.now() + 20_001) },
  );

  expect(tries).toBe(0);
  expect(error).toMatchObject({ name: 'CallFailed', mayHaveActed: false });
});

test('a call whose patience is short ends before its deadline', async () => {
  const { call } = startCalling({
    patienceLeftMs: (_askedAt, firstSentAt = performance.now()) => firstSentAt + 600 - performance.now(),
    tryMs: () => 20,
  });
  const began = performance.now();

  const error = await call(() => new Promise(() => {}));

  expect(error).toMatchObject({ fault: 'unanswered', mayHaveActed: true });
  expect(performance.now() - began).toBeLessThan(1_000);
});
