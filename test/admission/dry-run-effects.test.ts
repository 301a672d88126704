import { expect, test } from 'vitest';
import * as z from 'zod';
import { documentOf, fromNetwork, withToken } from './credentials.ts';
import { type Fleet, startFleet } from './fleet.ts';

const Answer = z.object({ Accepted: z.boolean(), Code: z.string().optional() });

const check = async ({ operate }: Fleet, body: object) =>
  Answer.parse((await operate('POST', '/identity/check', body)).body);

test('a dry run mints nothing, uses nothing up, and is no event of a machine', async () => {
  const fleet = await startFleet();
  const { token } = await fleet.makeToken();
  const before = (await fleet.operate('GET', '/events')).body;

  for (const body of [
    { bearer: token, name: 'web-1' },
    { bearer: token, name: 'db-1' },
    { bearer: `${token}x`, name: 'web-1' },
    { instanceIdentity: documentOf() },
    { sourceIp: '10.0.0.7', name: 'web-1', tags: { Role: 'web' } },
  ]) {
    await check(fleet, body);
  }

  expect(fleet.calls).toEqual([]);
  expect((await fleet.operate('GET', '/nodes')).body).toEqual({ Nodes: [] });
  expect((await fleet.operate('GET', '/tokens')).body).toMatchObject({ Tokens: [{ Names: [] }] });
  expect((await fleet.operate('GET', '/events')).body).toEqual(before);
  expect(await fleet.call('/activate?name=web-1', withToken(token))).toMatchObject({ status: 200 });
});

test('a dry run says of a retry by a name that is counted that there is room for it', async () => {
  const fleet = await startFleet();
  const { token } = await fleet.makeToken();
  await fleet.call('/activate?name=web-1', withToken(token));

  expect(await check(fleet, { bearer: token, name: 'web-1' })).toMatchObject({ Accepted: true });
});

test('a dry run foretells what the request itself is answered', async () => {
  const fleet = await startFleet();
  const { ping } = await fleet.register(await fleet.call('/activate?name=web-1', fromNetwork()));
  await ping();
  await fleet.sweepAfter(60_000);

  const foretold = await check(fleet, { sourceIp: '10.0.0.7', name: 'web-1' });
  const told = await fleet.call('/activate?name=web-1', fromNetwork());

  expect(foretold).toMatchObject({ Accepted: false, Code: told.body['code'] });
});

test.each([
  ['at', { at: 'yesterday' }],
  ['sourceIp', { sourceIp: 'localhost' }],
  ['name', { name: ' web-1' }],
  ['tags', { tags: { 'aws:x': '1' } }],
])('a dry run with a bad %s is refused, and no secret comes back', async (field, body) => {
  const { operate } = await startFleet();
  const bearer = `ssmj_aaaaaaaaaaaa_${'s'.repeat(32)}`;

  const answer = await operate('POST', '/identity/check', { bearer, ...body });

  expect(answer.status).toBe(400);
  expect(answer.body['errors']).toMatchObject([{ field }]);
  expect(JSON.stringify(answer)).not.toContain('ssss');
});

test('no answer holds what was sent as proof', async () => {
  const fleet = await startFleet();
  const { token, id } = await fleet.makeToken();
  const secret = token.slice(`ssmj_${id}_`.length);
  const jwt = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ3ZWItMSJ9.c2lnbmF0dXJl';

  const answers = await Promise.all(
    [
      { bearer: token },
      { bearer: `${token}x` },
      { bearer: `ssmj_${secret}` },
      { bearer: jwt },
      { instanceIdentity: secret },
    ].map((body) => fleet.operate('POST', '/identity/check', { ...body, name: 'web-1' })),
  );

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(JSON.stringify(answers)).not.toContain(secret);
  expect(JSON.stringify(answers)).not.toContain('c2lnbmF0dXJl');
});
