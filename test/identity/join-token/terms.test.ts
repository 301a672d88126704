import { expect, test } from 'vitest';
import { Policy } from '../../../src/policy/policy.ts';
import { startFleet } from '../../admission/fleet.ts';

const EXPIRY = '2026-11-22T10:00:00Z';
const POLICY = Policy.parse({ joinTokens: { names: ['web-*', '*.example.com'] } });

test.each([
  ['no expiry', { expiresAt: undefined }, 'expiresAt'],
  ['an expiry that is past', { expiresAt: '2026-11-21T09:59:59Z' }, 'expiresAt'],
  ['an expiry of this moment', { expiresAt: '2026-11-21T10:00:00Z' }, 'expiresAt'],
  ['an expiry more than a year away', { expiresAt: '2027-11-23T10:00:00Z' }, 'expiresAt'],
  ['an expiry that is no time', { expiresAt: 'tomorrow' }, 'expiresAt'],
  ['no pattern', { namePattern: undefined }, 'namePattern'],
  ['an empty pattern', { namePattern: '' }, 'namePattern'],
  ['a pattern outside of policy', { namePattern: 'db-*' }, 'namePattern'],
  ['a pattern wider than policy', { namePattern: '*' }, 'namePattern'],
  ['a pattern that only begins within policy', { namePattern: 'web*' }, 'namePattern'],
  ['no names', { maxNames: 0 }, 'maxNames'],
  ['half a name', { maxNames: 1.5 }, 'maxNames'],
  ['too many names', { maxNames: 1_001 }, 'maxNames'],
  ['an address that is no block', { cidrs: ['10.0.0.1'] }, 'cidrs.0'],
  ['a tag that SSM reserves', { tags: { 'aws:x': '1' } }, 'tags'],
  ['a tag value that SSM refuses', { tags: { Role: '$' } }, 'tags.Role'],
  ['too long a description', { description: 'x'.repeat(257) }, 'description'],
  ['a term that is none', { rejoins: true }, 'body'],
])('a token with %s is refused, and the problem named', async (_what, terms, field) => {
  const fleet = await startFleet(POLICY);

  const { status, body } = await fleet.operate('POST', '/tokens', {
    namePattern: 'web-*',
    expiresAt: EXPIRY,
    ...terms,
  });

  expect(status).toBe(400);
  expect(body['errors']).toMatchObject([{ field: expect.stringMatching(new RegExp(`^${field}`)) }]);
  expect((await fleet.operate('GET', '/tokens')).body).toEqual({ Tokens: [] });
});

test.each(['web-1', 'web-*', 'web-*-a*', 'web-**', '*.example.com', 'a*.example.com'])(
  'a token for %s lies within policy',
  async (namePattern) => {
    const fleet = await startFleet(POLICY);

    expect(await fleet.operate('POST', '/tokens', { namePattern, expiresAt: EXPIRY })).toMatchObject({
      status: 201,
    });
  },
);

test('all terms that are bad are named at once', async () => {
  const fleet = await startFleet(POLICY);

  const { body } = await fleet.operate('POST', '/tokens', {
    namePattern: 'db-*',
    expiresAt: '2020-01-01T00:00:00Z',
  });

  expect(body['errors']).toMatchObject([{ field: 'expiresAt' }, { field: 'namePattern' }]);
});

test('a token is not made while policy takes none', async () => {
  const fleet = await startFleet(Policy.parse({}));

  const { status, body } = await fleet.operate('POST', '/tokens', { namePattern: '*', expiresAt: EXPIRY });

  expect(status).toBe(400);
  expect(body['detail']).toContain('policy does not accept join tokens');
});
