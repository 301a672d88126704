import { expect, test } from 'vitest';
import * as z from 'zod';
import { documentOf, INSTANCE, POLICY, pendingAt, withToken } from './credentials.ts';
import { type Fleet, startFleet } from './fleet.ts';

const Answer = z.object({
  Accepted: z.boolean(),
  Code: z.string().optional(),
  Subject: z.string().optional(),
  Checks: z.array(z.object({ Check: z.string(), Result: z.string(), Detail: z.string() })),
});

const check = async ({ operate }: Fleet, body: object) =>
  Answer.parse((await operate('POST', '/identity/check', body)).body);

const EC2 = ['Proof', 'Message', 'Signature', 'Account', 'Region', 'Age', 'Name', 'Tags'];
const TOKEN = ['Proof', 'Token', 'Secret', 'Revocation', 'Expiry', 'Address', 'Name', 'Tags'];
const NETWORK = ['Proof', 'Address', 'Name', 'Tags'];
const LAST = ['State of the name', 'Uses left'];

/** All checks before one passed, that one failed, and none after it was reached. */
const expectFailedAt = (
  { Checks }: z.infer<typeof Answer>,
  checks: readonly string[],
  failed: string,
): void => {
  const all = [...checks, ...LAST];
  const at = all.indexOf(failed);
  const result = (index: number) => (index < at ? 'passed' : index === at ? 'failed' : 'not reached');
  expect(Checks.map(({ Check, Result }) => `${Check} ${Result}`)).toEqual(
    all.map((name, index) => `${name} ${result(index)}`),
  );
  expect(Checks[at]?.Detail).not.toBe('');
};

const document = (fields: Readonly<Record<string, unknown>> = {}) => ({
  instanceIdentity: documentOf(fields),
});
const tampered = documentOf().replace(/.{4}$/, 'AAA=');

test.each([
  ['no message', { instanceIdentity: 'nonsense' }, 'Message', 'InvalidIdentity'],
  ['a bad signature', { instanceIdentity: tampered }, 'Message', 'InvalidIdentity'],
  ['no known region', document({ region: 'us-west-9' }), 'Signature', 'InvalidIdentity'],
  ["another region's key", document({ region: 'eu-west-1' }), 'Signature', 'InvalidIdentity'],
  ['another account', document({ accountId: '999999999999' }), 'Account', 'AccountNotAllowed'],
  ['an old pendingTime', document({ pendingTime: '2026-11-21T09:00:00Z' }), 'Age', 'IdentityExpired'],
  ['a pendingTime to come', document({ pendingTime: '2026-11-21T10:30:00Z' }), 'Age', 'IdentityNotYetValid'],
  ['a name of another', { ...document(), name: 'i-0fedcba9876543210' }, 'Name', 'NameNotAllowed'],
  ['a tag of policy', { ...document(), tags: 'Source=mine' }, 'Tags', 'TagNotAllowed'],
])('a document with %s fails just there', async (_what, body, failed, code) => {
  const answer = await check(await startFleet(), body);

  expect(answer).toMatchObject({ Accepted: false, Code: code });
  expectFailedAt(answer, EC2, failed);
  const genuine = !['Message', 'Signature'].includes(failed);
  expect(answer.Subject === undefined).toBe(!genuine);
});

test('a document of a region that policy leaves out, though its certificate is known, fails there', async () => {
  const { instanceIdentity, ...rest } = POLICY;
  if (!instanceIdentity) throw new Error('the policy takes no documents');
  const fleet = await startFleet({
    ...rest,
    instanceIdentity: { ...instanceIdentity, regions: ['eu-west-1'] },
  });

  const answer = await check(fleet, document());

  expect(answer).toMatchObject({
    Accepted: false,
    Code: 'RegionNotAllowed',
    Subject: `123456789012/${INSTANCE}`,
  });
  expectFailedAt(answer, EC2, 'Region');
});

const ADDRESS = { sourceIp: '192.0.2.7' };
test.each([
  ['of no form', async () => ({ bearer: 'ssmj_short' }), 'Token', 'InvalidIdentity'],
  [
    'that is not there',
    async () => ({ bearer: `ssmj_aaaaaaaaaaaa_${'s'.repeat(32)}` }),
    'Token',
    'InvalidIdentity',
  ],
  [
    'with another secret',
    async (fleet: Fleet) => ({ bearer: `${(await fleet.makeToken()).token}x` }),
    'Secret',
    'InvalidIdentity',
  ],
  [
    'that was revoked',
    async (fleet: Fleet) => {
      const { token, id } = await fleet.makeToken();
      await fleet.operate('DELETE', `/tokens/${id}`);
      return { bearer: token };
    },
    'Revocation',
    'TokenRevoked',
  ],
  [
    'at a time when it will have expired',
    async (fleet: Fleet) => ({ bearer: (await fleet.makeToken()).token, at: '2026-12-21T10:00:00Z' }),
    'Expiry',
    'IdentityExpired',
  ],
  [
    'from an address that it is not for',
    async (fleet: Fleet) => ({ bearer: (await fleet.makeToken({ cidrs: ['198.51.100.0/24'] })).token }),
    'Address',
    'AddressNotAllowed',
  ],
  [
    'for no name',
    async (fleet: Fleet) => ({ bearer: (await fleet.makeToken()).token, name: undefined }),
    'Name',
    'InvalidRequest',
  ],
  [
    'for the name of an instance',
    async (fleet: Fleet) => ({ bearer: (await fleet.makeToken({ namePattern: '*' })).token, name: INSTANCE }),
    'Name',
    'NameNotAllowed',
  ],
  [
    'for a tag that it fixes',
    async (fleet: Fleet) => ({
      bearer: (await fleet.makeToken({ tags: { Site: 'Sydney' } })).token,
      tags: { Site: 'Perth' },
    }),
    'Tags',
    'TagNotAllowed',
  ],
  [
    'for a name that a document registered',
    async (fleet: Fleet) => {
      const headers = { 'x-instance-identity': documentOf(pendingAt(fleet.clock.now())) };
      await fleet.register(await fleet.call('/activate?name=web-1', { headers }));
      await fleet.sweepAfter(60_000);
      return { bearer: (await fleet.makeToken()).token };
    },
    'State of the name',
    'NameHeldByOtherProof',
  ],
  [
    'that has no names left',
    async (fleet: Fleet) => {
      const { token } = await fleet.makeToken();
      await fleet.call('/activate?name=web-2', withToken(token));
      return { bearer: token };
    },
    'Uses left',
    'TokenExhausted',
  ],
])('a token %s fails just there', async (_what, bodyOf, failed, code) => {
  const fleet = await startFleet();

  const answer = await check(fleet, { ...ADDRESS, name: 'web-1', ...(await bodyOf(fleet)) });

  expect(answer).toMatchObject({ Accepted: false, Code: code });
  expectFailedAt(answer, TOKEN, failed);
});

test('an address that policy does not name fails, and one that it names passes', async () => {
  const fleet = await startFleet();

  const outside = await check(fleet, { name: 'web-1', sourceIp: '192.0.2.7' });
  const inside = await check(fleet, { name: 'web-1', sourceIp: '10.0.0.7' });

  expect(outside.Code).toBe('InvalidIdentity');
  expectFailedAt(outside, NETWORK, 'Address');
  expect(inside).toMatchObject({ Accepted: true, Subject: '10.0.0.7' });
});

test('a proof of a kind that policy does not take fails before all others', async () => {
  const answer = await check(await startFleet(), { bearer: 'what is this', name: 'web-1' });

  expect(answer.Code).toBe('InvalidIdentity');
  expectFailedAt(answer, ['Proof', 'Name', 'Tags'], 'Proof');
});

test('the address that counts is the one given, or the operator’s own', async () => {
  const fleet = await startFleet();
  const { token } = await fleet.makeToken({ cidrs: ['127.0.0.0/8'] });

  expect(await check(fleet, { bearer: token, name: 'web-1' })).toMatchObject({ Accepted: true });
  expect(await check(fleet, { bearer: token, name: 'web-1', sourceIp: '10.0.0.7' })).toMatchObject({
    Code: 'AddressNotAllowed',
  });
});
