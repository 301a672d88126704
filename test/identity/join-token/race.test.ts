import { expect, test } from 'vitest';
import { withToken } from '../../admission/credentials.ts';
import { type Fleet, startFleet } from '../../admission/fleet.ts';

const RACERS = Number(process.env['RACERS'] ?? 200);
const PLACES = 5;
const NAMES = Array.from({ length: RACERS }, (_, index) => `web-${index}`);

const askAll = (fleet: Fleet, token: string, names: readonly string[]) =>
  Promise.all(names.map((name) => fleet.call(`/activate?name=${name}`, withToken(token))));

const start = async () => {
  const fleet = await startFleet();
  const { token, id } = await fleet.makeToken({ maxNames: 7 });
  await askAll(fleet, token, ['web-a', 'web-b']);
  return { fleet, token, id };
};

test(`of ${RACERS} callers who race for a token with five names left five get in, under five names`, async () => {
  const { fleet, token, id } = await start();

  const answers = await askAll(fleet, token, NAMES);

  const winners = NAMES.filter((_, index) => answers[index]?.status === 200);
  expect(winners).toHaveLength(PLACES);
  const losers = answers.filter(({ status }) => status !== 200);
  expect(new Set(losers.map(({ status, body }) => `${status} ${body['code']}`))).toEqual(
    new Set(['403 TokenExhausted']),
  );
  const { body } = await fleet.operate('GET', '/tokens');
  expect(body['Tokens']).toMatchObject([
    { TokenId: id, Status: 'Exhausted', Names: ['web-a', 'web-b', ...winners].toSorted() },
  ]);
  const minted = fleet.calls.filter(({ operation }) => operation === 'CreateActivation');
  expect(minted).toHaveLength(2 + PLACES);
});

test('the winners of the race can retry freely, and none of the others ever gets in', async () => {
  const { fleet, token } = await start();
  const names = NAMES.slice(0, 50);
  const answers = await askAll(fleet, token, names);
  const winners = names.filter((_, index) => answers[index]?.status === 200);
  const losers = names.filter((name) => !winners.includes(name));

  for (let round = 0; round < 3; round += 1) {
    const again = await askAll(fleet, token, winners);
    expect(again.map(({ status }) => status)).toEqual(Array(PLACES).fill(200));
  }
  const refused = await askAll(fleet, token, losers);
  // Nor once the winners' activations have run out, or their names were removed.
  await fleet.sweepAfter(3 * 60 * 60_000);
  for (const name of winners) await fleet.operate('DELETE', `/nodes/${name}`);
  refused.push(...(await askAll(fleet, token, losers)));

  expect(refused).toHaveLength(2 * (names.length - PLACES));
  expect(refused.filter(({ status }) => status !== 403)).toEqual([]);
  expect((await askAll(fleet, token, winners)).map(({ status }) => status)).toEqual(Array(PLACES).fill(200));
});

test('callers who race for the last place under one name use up one place', async () => {
  const fleet = await startFleet();
  const { token } = await fleet.makeToken({ maxNames: 1 });

  const answers = await askAll(fleet, token, Array(20).fill('web-1'));

  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => status === 403)).toEqual([]);
  const { body } = await fleet.operate('GET', '/tokens');
  expect(body['Tokens']).toMatchObject([{ Names: ['web-1'] }]);
});

test.each([
  ['is refused for its name', '/activate?name=db-1'],
  ['is refused for its tags', '/activate?name=web-1&tags=Owner=me'],
  ['only tags', '/tag?name=web-1&tags=Role=web'],
])('a caller who %s uses up no place', async (_what, path) => {
  const fleet = await startFleet();
  const { token } = await fleet.makeToken();

  const { status } = await fleet.call(path, withToken(token));

  expect(status).toBeGreaterThanOrEqual(400);
  const { body } = await fleet.operate('GET', '/tokens');
  expect(body['Tokens']).toMatchObject([{ Names: [], Status: 'Active' }]);
});

test('a caller whose name is taken by another token uses up no place', async () => {
  const fleet = await startFleet();
  const first = await fleet.makeToken();
  const { ping } = await fleet.register(await fleet.call('/activate?name=web-1', withToken(first.token)));
  await ping();
  await fleet.sweepAfter(60_000);
  const second = await fleet.makeToken();

  expect(await fleet.call('/activate?name=web-1', withToken(second.token))).toMatchObject({ status: 409 });

  const { body } = await fleet.operate('GET', '/tokens');
  expect(body['Tokens']).toMatchObject([{ TokenId: second.id, Names: [] }, { TokenId: first.id }]);
});
