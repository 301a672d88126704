import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Deadline } from '../../src/activation/deadline.ts';
import { SystemsManagerUnavailable } from '../../src/activation/errors.ts';
import { createPace } from '../../src/ssm/pace.ts';
import { createTime } from './time.ts';

const RUNS = { numRuns: Number(process.env['PACE_RUNS'] ?? 300) };
const NEVER: Deadline = createTime(0).deadlineIn(1e12);

/** A pace as a call uses it: it takes a place and waits for its turn. */
const paceOf = (...given: Parameters<typeof createPace>) => {
  const pace = createPace(...given);
  return async (deadline: Deadline): Promise<void> => pace.reserve(deadline).turn();
};

/** The moment of each call, undefined for those refused, when calls are asked for at these moments. */
const pacedAt = async (
  perSecond: number,
  calls: readonly { readonly at: number; readonly patience?: number }[],
): Promise<(number | undefined)[]> => {
  const time = createTime(0);
  let turn = 0;
  const pace = paceOf(perSecond, time.clock, async (milliseconds) => {
    turn = time.now() + milliseconds;
  });
  const moments: (number | undefined)[] = [];
  for (const { at, patience } of calls) {
    time.advanceTo(at);
    turn = at;
    const deadline = patience === undefined ? NEVER : time.deadlineIn(patience);
    const outcome = await pace(deadline).catch((error: unknown) => error);
    moments.push(outcome instanceof SystemsManagerUnavailable ? undefined : turn);
  }
  return moments;
};

const calls = fc
  .array(
    fc.record(
      { after: fc.integer({ min: 0, max: 400 }), patience: fc.integer({ min: 0, max: 5_000 }) },
      { requiredKeys: ['after'] },
    ),
    { minLength: 1, maxLength: 60 },
  )
  .map((gaps) => {
    let at = 0;
    return gaps.map(({ after, ...patience }) => {
      at += after;
      return { at, ...patience };
    });
  });
const rates = fc.constantFrom(0.5, 1, 3, 5, 20, 250);

test('in no second there are more calls than the rate, whenever they are asked for', async () => {
  await fc.assert(
    fc.asyncProperty(rates, calls, async (perSecond, asked) => {
      const moments = (await pacedAt(perSecond, asked)).filter((moment) => moment !== undefined);
      for (const start of moments) {
        const inWindow = moments.filter((moment) => moment >= start && moment < start + 1000 - 1e-6);
        expect(inWindow.length).toBeLessThanOrEqual(Math.ceil(perSecond));
      }
    }),
    RUNS,
  );
});

test('calls have their turns in the order in which they were asked for', async () => {
  await fc.assert(
    fc.asyncProperty(rates, calls, async (perSecond, asked) => {
      const moments = (await pacedAt(perSecond, asked)).filter((moment) => moment !== undefined);
      expect(moments).toEqual(moments.toSorted((a, b) => a - b));
    }),
    RUNS,
  );
});

test('a call is refused exactly when its turn would come after its deadline, and then takes no turn', async () => {
  await fc.assert(
    fc.asyncProperty(rates, calls, async (perSecond, asked) => {
      const moments = await pacedAt(perSecond, asked);
      const patient = asked.flatMap(({ at }, index) => (moments[index] === undefined ? [] : [{ at }]));
      expect(await pacedAt(perSecond, patient)).toEqual(moments.filter((moment) => moment !== undefined));
      for (const [index, { at, patience = Number.POSITIVE_INFINITY }] of asked.entries()) {
        const moment = moments[index];
        if (moment !== undefined) expect(moment).toBeLessThanOrEqual(at + patience);
      }
    }),
    RUNS,
  );
});

test('whoever comes back after the time told is admitted, if nobody else came meanwhile', async () => {
  await fc.assert(
    fc.asyncProperty(
      rates,
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 0, max: 3_000 }),
      async (perSecond, waiting, patience) => {
        const time = createTime(0);
        const pace = paceOf(perSecond, time.clock, async () => {});
        for (let call = 0; call < waiting; call += 1) await pace(NEVER);
        const refused = await pace(time.deadlineIn(patience)).catch((error: unknown) => error);
        if (!(refused instanceof SystemsManagerUnavailable)) return;

        expect(refused.retryAfterSeconds).toBeGreaterThanOrEqual(1);
        expect(refused.retryAfterSeconds).toBeLessThanOrEqual(waiting / perSecond + 2);
        expect(refused.mayHaveActed).toBe(false);
        time.advanceTo(refused.retryAfterSeconds * 1000);
        await expect(pace(time.deadlineIn(patience))).resolves.toBeUndefined();
      },
    ),
    RUNS,
  );
});

test('a refusal comes at once, not at the deadline', async () => {
  const time = createTime();
  const pace = paceOf(1, time.clock, time.sleep);
  await pace(NEVER);
  time.advanceTo(time.now());

  await expect(pace(time.deadlineIn(999))).rejects.toThrow(SystemsManagerUnavailable);

  expect(time.slept).toEqual([]);
});

test('without a rate nothing waits', async () => {
  const time = createTime();
  const pace = paceOf(undefined, time.clock, time.sleep);

  await Promise.all(Array.from({ length: 1000 }, () => pace(time.deadlineIn(0))));

  expect(time.slept).toEqual([]);
});

test('a place that is given back goes to the next call, and one whose moment has passed to nobody', async () => {
  const time = createTime(0);
  const moments: number[] = [];
  const pace = createPace(1, time.clock, async (milliseconds) => {
    moments.push(time.now() + milliseconds);
  });
  const [first, second, third] = [pace.reserve(NEVER), pace.reserve(NEVER), pace.reserve(NEVER)];

  second.giveBack();
  await pace.reserve(NEVER).turn();
  third.giveBack();
  time.advanceTo(2_500);
  await pace.reserve(NEVER).turn();

  expect(first).toBeDefined();
  expect(moments).toEqual([1_000, 3_000]);
});

test('those who are turned away together come back one by one, as fast as calls are admitted, and are all let in', async () => {
  await fc.assert(
    fc.property(fc.constantFrom(5, 50), fc.integer({ min: 1, max: 400 }), (perSecond, turnedAway) => {
      const time = createTime(0);
      const pace = createPace(perSecond, time.clock, async () => {});
      const patience = 20_000;
      const ask = (): number | undefined => {
        try {
          pace.reserve(time.deadlineIn(patience));
          return undefined;
        } catch (error) {
          return error instanceof SystemsManagerUnavailable
            ? error.retryAfterSeconds
            : expect.fail(`${error}`);
        }
      };
      while (ask() === undefined);
      const returns = Array.from({ length: turnedAway }, () => (ask() ?? 0) * 1000).toSorted((a, b) => a - b);

      const refusedAgain = returns.filter((at) => {
        time.advanceTo(at);
        return ask() !== undefined;
      });

      expect(refusedAgain).toEqual([]);
    }),
    RUNS,
  );
});
