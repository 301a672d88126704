import { expect, test, vi } from 'vitest';
import { buildApp } from '../../../src/http/app.ts';
import { createProofs } from '../../../src/identity/proofs.ts';
import { Policy } from '../../../src/policy/policy.ts';
import { withToken } from '../../admission/credentials.ts';
import { type Fleet, startFleet } from '../../admission/fleet.ts';

const DAY_MS = 86_400_000;
const EXPIRY = '2026-11-22T10:00:00Z';

test('a token is shown once with its secret, and listed without it', async () => {
  const fleet = await startFleet();
  const terms = {
    namePattern: 'web-*',
    tags: { Site: 'Sydney' },
    maxNames: 3,
    expiresAt: EXPIRY,
    cidrs: ['192.0.2.0/24'],
    rejoin: true,
    description: 'racks 3 and 4',
  };
  const expected = {
    Status: 'Active',
    NamePattern: 'web-*',
    Tags: { Site: 'Sydney' },
    MaxNames: 3,
    Names: [],
    ExpirationDate: EXPIRY,
    Cidrs: ['192.0.2.0/24'],
    Rejoin: true,
    Description: 'racks 3 and 4',
    CreatedBy: 'operator-key',
    CreatedDate: '2026-11-21T10:00:00Z',
  };

  const made = await fleet.operate('POST', '/tokens', terms);

  expect(made).toMatchObject({ status: 201, body: expected });
  expect(made.body['Token']).toMatch(new RegExp(`^ssmj_${made.body['TokenId']}_[\\w-]{27,}$`));
  const { body } = await fleet.operate('GET', '/tokens');
  expect(body).toEqual({ Tokens: [{ ...expected, TokenId: made.body['TokenId'] }] });
});

test('a token left to its defaults is for one name and no re-joining', async () => {
  const fleet = await startFleet();

  const { body } = await fleet.operate('POST', '/tokens', { namePattern: 'web-*', expiresAt: EXPIRY });

  expect(body).toMatchObject({ MaxNames: 1, Rejoin: false, Cidrs: [], Tags: {}, Description: '' });
});

test('a token gives its name, its tags, and its id to the events', async () => {
  const fleet = await startFleet();
  const { token, id } = await fleet.makeToken({ tags: { Site: 'Sydney' } });

  const answer = await fleet.call('/activate?name=web-1&tags=Role=web', withToken(token));

  const Tags = { Site: 'Sydney', Source: 'token', Role: 'web' };
  expect(answer).toMatchObject({ status: 200, body: { Name: 'web-1', Tags } });
  const { body } = await fleet.operate('GET', '/events?name=web-1');
  expect(body['Events']).toMatchObject([
    { Event: 'ActivationIssued', Identity: { Proof: 'join-token', Subject: id }, Tags },
  ]);
});

test.each([
  ['a tag that the token fixes', { tags: { Site: 'Sydney' } }, 'Site=Perth'],
  ['a tag that policy fixes', {}, 'Source=ec2'],
  ['a tag that policy fixes and the token would set', { tags: { Source: 'mine' } }, 'Source=mine'],
])('a caller cannot override %s', async (_what, terms, tags) => {
  const fleet = await startFleet();
  const { token } = await fleet.makeToken(terms);

  const answer = await fleet.call(`/activate?name=web-1&tags=${tags}`, withToken(token));

  expect(answer).toMatchObject({ status: 403, body: { code: 'TagNotAllowed' } });
});

test('what policy fixes wins over what a token would set', async () => {
  const fleet = await startFleet();
  const { token } = await fleet.makeToken({ tags: { Source: 'mine' } });

  const answer = await fleet.call('/activate?name=web-1', withToken(token));

  expect(answer).toMatchObject({ status: 200, body: { Tags: { Source: 'token' } } });
});

test.each([
  ['192.0.2.7', 200],
  ['::ffff:192.0.2.7', 200],
  ['2001:db8::1', 200],
  ['198.51.100.7', 403],
  ['2001:db9::1', 403],
])('a token bound to addresses answers %s with %i', async (address, status) => {
  const fleet = await startFleet();
  const { token } = await fleet.makeToken({ cidrs: ['192.0.2.0/24', '2001:db8::/32'] });

  const answer = await fleet.call('/activate?name=web-1', withToken(token, address));

  expect(answer.status).toBe(status);
  if (status === 403) expect(answer.body['code']).toBe('AddressNotAllowed');
});

test('a token that policy has come to forbid gives no name outside of it', async () => {
  const fleet = await startFleet();
  const { token } = await fleet.makeToken({ maxNames: 5 });
  const stricter = Policy.parse({ joinTokens: { names: ['web-1'] } });
  const proofs = createProofs(stricter, fleet.context.tokensFor, fleet.clock.now);
  const app = buildApp({ ...fleet.context, proofs, operators: () => undefined });
  const headers = { authorization: `Bearer ${token}` };

  expect(await app.inject({ url: '/activate?name=web-1', headers })).toMatchObject({ statusCode: 200 });
  expect((await app.inject({ url: '/activate?name=web-2', headers })).json()).toMatchObject({
    code: 'NameNotAllowed',
  });
});

test('a token lets in until it expires, and not at that moment', async () => {
  const fleet = await startFleet();
  const { token } = await fleet.makeToken({ expiresAt: EXPIRY });
  fleet.clock.advance(DAY_MS - 1);
  const before = await fleet.call('/activate?name=web-1', withToken(token));
  fleet.clock.advance(1);

  const after = await fleet.call('/activate?name=web-1', withToken(token));

  expect(before.status).toBe(200);
  expect(after).toMatchObject({ status: 403, body: { code: 'IdentityExpired' } });
  const { body } = await fleet.operate('GET', '/tokens');
  expect(body['Tokens']).toMatchObject([{ Status: 'Expired', Names: ['web-1'] }]);
});

test('a revoked token lets nobody in from the answer on, and stays listed with who used and revoked it', async () => {
  const fleet = await startFleet();
  const { token, id } = await fleet.makeToken({ maxNames: 5 });
  await fleet.call('/activate?name=web-1', withToken(token));

  const revoked = await fleet.operate('DELETE', `/tokens/${id}`);
  fleet.clock.advance(60_000);
  const again = await fleet.operate('DELETE', `/tokens/${id}`);

  const expected = { Status: 'Revoked', RevokedBy: 'operator-key', RevokedDate: '2026-11-21T10:00:00Z' };
  expect(revoked).toMatchObject({ status: 200, body: expected });
  expect(again).toMatchObject({ status: 200, body: expected });
  for (const name of ['web-1', 'web-2']) {
    const answer = await fleet.call(`/activate?name=${name}`, withToken(token));
    expect(answer).toMatchObject({ status: 403, body: { code: 'TokenRevoked' } });
  }
  const { body } = await fleet.operate('GET', '/tokens');
  expect(body['Tokens']).toMatchObject([{ ...expected, Names: ['web-1'] }]);
});

test('revoking a token that is none is 404', async () => {
  const fleet = await startFleet();

  const answer = await fleet.operate('DELETE', '/tokens/aaaaaaaaaaaa');

  expect(answer).toMatchObject({ status: 404, body: { code: 'TokenUnknown' } });
});

test.each([
  ['expires', async ({ clock }: Fleet) => clock.advance(2_000)],
  ['is revoked', async ({ operate }: Fleet, id: string) => operate('DELETE', `/tokens/${id}`)],
])('a token that %s between the check and the count lets nobody in', async (_what, end) => {
  const fleet = await startFleet();
  const { token, id } = await fleet.makeToken({ maxNames: 5, expiresAt: EXPIRY });
  fleet.clock.advance(DAY_MS - 1_000);
  await fleet.call('/activate?name=web-1', withToken(token));
  // The state of a name is looked at after the token and before the count.
  const between = vi.fn(() => end(fleet, id));
  fleet.table.client.middlewareStack.add(
    (next) => async (given) => {
      const isOfTheName = JSON.stringify(given.input).includes('"name#web-1"');
      if (isOfTheName && between.mock.calls.length === 0) await between();
      return next(given);
    },
    { step: 'initialize' },
  );

  const answer = await fleet.call('/activate?name=web-1', withToken(token));

  expect(between).toHaveBeenCalled();
  expect(answer.status).toBe(403);
  expect(await fleet.call('/activate?name=web-2', withToken(token))).toMatchObject({ status: 403 });
});
