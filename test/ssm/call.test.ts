import { SSMServiceException } from '@aws-sdk/client-ssm';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Task } from '../../src/activation/deadline.ts';
import { SystemsManagerUnavailable } from '../../src/activation/errors.ts';
import { type Caller, callUntil as call } from '../../src/ssm/call.ts';
import { createPace } from '../../src/ssm/pace.ts';
import { callerIn, createTime } from './time.ts';

const RUNS = { numRuns: Number(process.env['CALL_RUNS'] ?? 200) };
const THROTTLED = new SSMServiceException({
  name: 'ThrottlingException',
  $fault: 'client',
  $metadata: { requestId: '0f3a' },
});
const UNANSWERED = new SSMServiceException({
  name: 'InternalServerError',
  $fault: 'server',
  $metadata: { requestId: '0f3a' },
});
const REFUSED = new SSMServiceException({
  name: 'AccessDeniedException',
  $fault: 'client',
  $metadata: { requestId: '0f3a' },
});

/** Meets these errors in turn, then succeeds. */
const after = (errors: readonly Error[]) => {
  const left = [...errors];
  return async () => {
    const error = left.shift();
    if (error) throw error;
    return 'done';
  };
};
const always = (error: Error) => async () => {
  throw error;
};
const deadlineIn = (time: ReturnType<typeof createTime>, seconds: number): Task => ({
  deadline: time.deadlineIn(seconds * 1000),
});
type Send = (signal: AbortSignal) => Promise<unknown>;
const callUntil = (caller: Caller, task: Task, send: Send, roleTries?: number) =>
  call(caller, task, { operation: 'CreateActivation', send, roleTries });
const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => expect.fail('the call did not fail'),
    (error: unknown) => error,
  );

test('a call that is throttled is made again until it succeeds', async () => {
  const time = createTime();

  const answer = await callUntil(
    callerIn(time),
    deadlineIn(time, 20),
    after([THROTTLED, THROTTLED, THROTTLED]),
  );

  expect(answer).toEqual({ output: 'done', mayHaveActedBefore: false });
  expect(time.slept).toHaveLength(3);
});

test('a call that succeeds after an unanswered one may have acted before', async () => {
  const time = createTime();

  const answer = await callUntil(callerIn(time), deadlineIn(time, 20), after([UNANSWERED, THROTTLED]));

  expect(answer.mayHaveActedBefore).toBe(true);
});

test('a considered refusal ends the call at once, and an operator is to look at it', async () => {
  const time = createTime();

  const error = await failure(callUntil(callerIn(time), deadlineIn(time, 20), always(REFUSED)));

  expect(error).toMatchObject({ name: 'SystemsManagerRefused', cause: REFUSED, mayHaveActed: false });
  expect(time.slept).toEqual([]);
});

test('a bug is no refusal', async () => {
  const bug = new TypeError('undefined is not a function');

  const time = createTime();

  expect(await failure(callUntil(callerIn(time), deadlineIn(time, 20), always(bug)))).toBe(bug);
});

test('a refusal ends the call after retries too, of which one may have acted', async () => {
  const time = createTime();

  const error = await failure(
    callUntil(callerIn(time), deadlineIn(time, 20), after([THROTTLED, UNANSWERED, REFUSED])),
  );

  expect(error).toMatchObject({ name: 'SystemsManagerRefused', cause: REFUSED, mayHaveActed: true });
});

describe('a role that SSM cannot use', () => {
  const ROLE = new SSMServiceException({
    name: 'InvalidRole',
    $fault: 'client',
    $metadata: { requestId: '0f3a' },
  });

  test('is tried as often as a fresh one deserves, within seconds', async () => {
    const time = createTime();
    const call = callUntil(callerIn(time, { random: () => 0.999 }), deadlineIn(time, 20), always(ROLE), 3);

    expect(await failure(call)).toMatchObject({ name: 'NodeRoleUnusable', cause: ROLE });
    expect(time.slept).toHaveLength(2);
    expect(time.now() - 1_000_000).toBeLessThan(5_000);
  });

  test('that was fresh is used when it is known', async () => {
    const time = createTime();

    const answer = await callUntil(callerIn(time), deadlineIn(time, 20), after([ROLE, ROLE]), 3);

    expect(answer).toEqual({ output: 'done', mayHaveActedBefore: false });
  });
});

describe('between tries', () => {
  test('the longest wait doubles from 200 ms to 5 s, and the last one leaves half a second for a try', async () => {
    const time = createTime();
    const caller = callerIn(time, { random: () => 1 - Number.EPSILON });

    await failure(callUntil(caller, deadlineIn(time, 20), always(THROTTLED)));

    const longest = [200, 400, 800, 1600, 3200, 5000, 5000];
    const left = 20_000 - 500 - longest.reduce((sum, wait) => sum + wait, 0);
    expect(time.slept.map(Math.round)).toEqual([...longest, left]);
  });

  test('the wait is anything from nothing to the longest, as chance has it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 8, maxLength: 8 }),
        async (chances) => {
          const time = createTime();
          const left = [...chances];
          const caller = callerIn(time, { random: () => left.shift() ?? 0 });

          await callUntil(caller, deadlineIn(time, 3600), after(chances.map(() => THROTTLED)));

          const longest = [200, 400, 800, 1600, 3200, 5000, 5000, 5000];
          expect(time.slept).toEqual(chances.map((chance, index) => chance * (longest[index] ?? 0)));
        },
      ),
      RUNS,
    );
  });
});

describe('at the deadline', () => {
  test.each([
    ['throttled to the end', [THROTTLED], false],
    ['unanswered at the end', [UNANSWERED], true],
    ['unanswered once, then throttled', [UNANSWERED, THROTTLED], true],
  ])('a call %s is unavailable', async (_how, errors, mayHaveActed) => {
    const time = createTime();
    let tries = 0;
    const send = async () => {
      tries += 1;
      throw errors[Math.min(tries, errors.length) - 1] ?? THROTTLED;
    };

    const error = await failure(callUntil(callerIn(time), deadlineIn(time, 20), send));

    expect(error).toBeInstanceOf(SystemsManagerUnavailable);
    expect(error).toMatchObject({ mayHaveActed, cause: errors.at(-1) });
    expect(tries).toBeGreaterThan(5);
  });

  test('it does not sleep into it', async () => {
    const time = createTime();
    const began = time.now();

    await failure(callUntil(callerIn(time), deadlineIn(time, 20), always(THROTTLED)));

    expect(time.now()).toBeLessThan(began + 20_000);
  });

  test.each([
    [0, 2],
    [0.999, 9],
  ])('it says to try again in 2 to 9 seconds, as chance has it', async (chance, seconds) => {
    const time = createTime();
    const caller = callerIn(time, { random: () => chance, sleep: (ms) => time.sleep(ms + 1) });

    const error = await failure(callUntil(caller, deadlineIn(time, 0), always(THROTTLED)));

    expect(error).toMatchObject({ retryAfterSeconds: seconds });
  });

  test('a call that is under way is given up', async () => {
    const time = createTime();
    const hanging = (signal: AbortSignal) =>
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          time.advanceTo(time.now() + 50);
          reject(signal.reason);
        });
      });

    const error = await failure(callUntil(callerIn(time), deadlineIn(time, 0.05), hanging));

    expect(error).toMatchObject({ name: 'SystemsManagerUnavailable', mayHaveActed: true });
  });
});

describe('when its turn would come too late', () => {
  const queue = async (time: ReturnType<typeof createTime>) => {
    const pace = createPace(1, time.clock, time.sleep);
    return { pace, fill: () => pace.reserve(time.deadlineIn(1e12)).turn() };
  };

  test('a call is refused without being made', async () => {
    const time = createTime();
    const { pace, fill } = await queue(time);
    await fill();
    let tries = 0;
    const send = async () => {
      tries += 1;
    };

    const error = await failure(callUntil(callerIn(time, { pace }), deadlineIn(time, 0.5), send));

    expect(error).toMatchObject({ name: 'SystemsManagerUnavailable', mayHaveActed: false });
    expect(tries).toBe(0);
  });

  test('a call that went unanswered before may have acted all the same', async () => {
    const time = createTime();
    const { pace } = await queue(time);

    const error = await failure(
      callUntil(callerIn(time, { pace }), deadlineIn(time, 0.5), always(UNANSWERED)),
    );

    expect(error).toMatchObject({ name: 'SystemsManagerUnavailable', mayHaveActed: true });
  });

  test('every try waits for a turn of its own', async () => {
    const time = createTime();
    const { pace } = await queue(time);
    const moments: number[] = [];
    const call = after([THROTTLED, THROTTLED]);
    const send = () => {
      moments.push(time.now());
      return call();
    };

    await callUntil(callerIn(time, { pace }), deadlineIn(time, 20), send);

    expect(moments.map((moment) => moment - 1_000_000)).toEqual([0, 1000, 2000]);
  });
});
