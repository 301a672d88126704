import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, type TestContext, test } from 'vitest';
import { startCrowd } from './crowd.ts';
import { type Answer, type Call, inShort } from './door.ts';
import { type ServedProcess, startServed } from './served.ts';
import { startStage } from './stage.ts';

const SMALL_HEAP = ['--max-old-space-size=128'];
const CALLERS_A_SECOND = 20;
const SECONDS = Number(process.env['OVERLOAD_SECONDS'] ?? 12);
/** How many callers a server has in progress at most. */
const MOST_CALLERS = 1_000;
const TOO_MANY = 50;
/** What a server's memory may differ by between two spans in which as much happens. A young one's heap grows to its size first. */
const MARGIN_MB = SECONDS < 60 ? 48 : 16;

const start = async ({ onTestFinished }: TestContext) => {
  const stage = await startStage();
  const server = await startServed(stage, SMALL_HEAP);
  onTestFinished(async () => {
    await server.close();
    await stage.close();
  });
  expect(await server.ask(activate('web-before'))).toMatchObject({ status: 200 });
  return { stage, server };
};

const activate = (name: string): Call => ({ method: 'GET', path: '/activate', query: { name } });
const LIVENESS: Call = { method: 'GET', path: '/livez' };

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const crowd = ({ url }: ServedProcess, size: number) =>
  startCrowd(
    url,
    Array.from({ length: size }, (_, index) => activate(`web-${index}`)),
  );

describe('a server in a heap of 128 MB whose ledger never answers', () => {
  test('holds no more memory however long callers come, lives, and serves within 5 s of healing', {
    timeout: (SECONDS + 60) * 1_000,
  }, async (context) => {
    const { stage, server } = await start(context);
    await stage.ledger.set({ fault: { kind: 'silent' } });
    let isHealed = false;
    const callers: Promise<Answer & { readonly isHealed: boolean }>[] = [];
    const memory: number[] = [];
    const liveness: Promise<Answer>[] = [];

    for (let call = 0; call < SECONDS * CALLERS_A_SECOND; call += 1) {
      callers.push(server.ask(activate(`web-${call}`)).then((answer) => ({ ...answer, isHealed })));
      memory.push(server.residentMb());
      if (call % CALLERS_A_SECOND === 0) liveness.push(server.ask(LIVENESS));
      await sleep(1000 / CALLERS_A_SECOND);
    }
    isHealed = true;
    await stage.heal();
    const first = await server.ask(activate('web-first'));
    const answers = await Promise.all(callers);

    expect(first).toMatchObject({ status: 200 });
    expect(first.seconds).toBeLessThan(5);
    const lives = await Promise.all(liveness);
    const dead = lives.filter(({ status, seconds }) => status !== 200 || seconds > 1);
    expect(dead.map(inShort)).toEqual([]);
    // Those who were there when it healed may have been given the time that a ledger has which answers.
    const wrong = answers.filter(
      ({ status, code, seconds, isHealed }) =>
        seconds > (isHealed ? 25 : 8) || !(code === 'LedgerUnavailable' || (isHealed && status === 200)),
    );
    expect(wrong.map(inShort)).toEqual([]);
    const third = Math.floor(memory.length / 3);
    expect(mean(memory.slice(-third))).toBeLessThan(mean(memory.slice(third, -third)) + MARGIN_MB);
  });

  test('turns away at once whom it has no room for, and has room again when those who waited hang up', async (context) => {
    const { stage, server } = await start(context);
    await stage.ledger.set({ fault: { kind: 'silent' } });

    const first = crowd(server, MOST_CALLERS + TOO_MANY);
    await expect.poll(() => first.answered.length, { timeout: 5_000 }).toBe(TOO_MANY);
    const alive = await server.ask(LIVENESS);
    const turnedAway = first.answered.slice(0, TOO_MANY);
    first.hangUp();
    await first.gone;
    // The server has to hear of it.
    await sleep(500);
    const second = crowd(server, TOO_MANY);
    await sleep(1_000);
    await stage.heal();
    const served = await server.ask(activate('web-after'));
    await second.gone;

    for (const answer of turnedAway) {
      const retryAfter = expect.stringMatching(/^[1-9]\d*$/);
      expect(answer).toMatchObject({ status: 503, code: 'ServiceUnavailable', retryAfter });
    }
    expect(alive).toMatchObject({ status: 200 });
    expect(alive.seconds).toBeLessThan(1);
    expect(served).toMatchObject({ status: 200 });
    expect(served.seconds).toBeLessThan(5);
    expect(second.answered.filter(({ code }) => code === 'ServiceUnavailable').map(inShort)).toEqual([]);
    expect(second.answered).toHaveLength(TOO_MANY);
  });
});
