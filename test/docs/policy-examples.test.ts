import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ErrorCode } from '../../src/activation/errors.ts';
import type { Claims } from '../../src/identity/oidc/claims.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { parsePolicy } from '../../src/policy/read-policy.ts';
import { type Credentials, INSTANCE, pendingAt, withDocument, withToken } from '../admission/credentials.ts';
import { type Fleet, startFleet } from '../admission/fleet.ts';
import { type Authority, testAuthority } from '../identity/instance-identity/authority.ts';
import { documentFields } from '../identity/instance-identity/documents.ts';
import { signDocument } from '../identity/instance-identity/sign.ts';
import { newKey, type SigningKey, sign, TestIssuer } from '../identity/oidc/issuer.ts';
import { stepsOf } from './page.ts';

const PAGE = readFileSync('docs/policy.md', 'utf8');

interface Claim {
  readonly example: string;
  readonly caller: string;
  readonly name: string;
  readonly tags: string;
  readonly gets: string;
}

const ROW = /^\| (.+?) \| (.+?) \|(.*)\| (.+?) \|$/;
const unquoted = (cell = ''): string => cell.trim().replaceAll('`', '');

/** The rows of the tables that tell who gets what, each with the example that it stands under. */
const claims = PAGE.split(/^```json /m)
  .slice(1)
  .flatMap((section) =>
    section.split('\n').flatMap((line): Claim[] => {
      const [, caller = '', name, tags, gets] = ROW.exec(line) ?? [];
      if (gets === undefined || /^caller|^---/.test(caller)) return [];
      const cells = { name: unquoted(name), tags: unquoted(tags), gets: unquoted(gets) };
      return [{ example: section.split('\n')[0] ?? '', caller, ...cells }];
    }),
  );

const policies = new Map(
  stepsOf(PAGE).flatMap((step) =>
    step.does === 'save' ? [[step.name, parsePolicy(step.text)] as const] : [],
  ),
);

let authorities: ReadonlyMap<string, Authority>;
let key: SigningKey;
const issuers = new Map<string, TestIssuer>();

beforeAll(async () => {
  authorities = new Map(['eu-west-1', 'eu-central-1'].map((region) => [region, testAuthority()]));
  key = await newKey('k1');
  for (const name of ['kubernetes', 'gce']) issuers.set(name, await TestIssuer.start(key));
});
afterAll(async () => {
  for (const issuer of issuers.values()) await issuer.down();
});

/** The example with the keys of who signs here. */
const known = (policy: Policy): Policy => ({
  ...policy,
  ...(policy.instanceIdentity && {
    instanceIdentity: {
      ...policy.instanceIdentity,
      certificates: Object.fromEntries(
        [...authorities].map(([region, { certificate }]) => [region, certificate]),
      ),
    },
  }),
  oidc: policy.oidc.map(({ jwksUri: _, ...provider }) => ({
    ...provider,
    issuer: issuers.get(provider.name)?.url ?? '',
  })),
});

const CALLERS: readonly (readonly [RegExp, (fleet: Fleet, ...words: string[]) => Promise<Credentials>])[] = [
  [
    /^instance of (\d{12}) in (.+)$/,
    async ({ clock }, accountId = '', region = '') => {
      const authority = authorities.get(region);
      if (!authority) throw new Error(`nobody signs documents of ${region}`);
      const fields = documentFields({ accountId, region, ...pendingAt(clock.now()) });
      return withDocument(signDocument(fields, authority.privateKey).replaceAll('\n', ''));
    },
  ],
  [
    /^token for `([^`]+)`(?: with (\w+)=(\w+))?$/,
    async (fleet, namePattern, key, value) =>
      withToken((await fleet.makeToken({ namePattern, ...(key && { tags: { [key]: value } }) })).token),
  ],
  [
    /^pod of (.+)\/(.+) on (.+)$/,
    (fleet, namespace, account, node) =>
      withClaims(fleet, 'kubernetes', {
        'kubernetes.io': { namespace, serviceaccount: { name: account }, node: { name: node } },
      }),
  ],
  [
    /^instance of ([a-z-]+) in (.+)$/,
    (fleet, project, zone) =>
      withClaims(fleet, 'gce', {
        google: { compute_engine: { project_id: project, instance_name: 'web-1', zone } },
      }),
  ],
  [/^([\d.]+)$/, async (_fleet, remoteAddress = '') => ({ remoteAddress })],
];

const withClaims = async ({ clock }: Fleet, provider: string, more: Claims): Promise<Credentials> => {
  const iat = clock.now().getTime() / 1000;
  const issuer = issuers.get(provider)?.url;
  return withToken(
    await sign(key, { iss: issuer, aud: 'https://activation.example.com', iat, exp: iat + 600, ...more }),
  );
};

const PROVEN_NAMES: Readonly<Record<string, string | undefined>> = {
  'its id': INSTANCE,
  'its claim': undefined,
};

test('the page tells who gets what of each of its examples', () => {
  expect([...new Set(claims.map(({ example }) => example))]).toEqual([...policies.keys()]);
});

test.each(claims)(
  '$example: $caller that wants $name $tags gets $gets',
  async ({ example, caller, name, tags, gets }) => {
    const policy = policies.get(example);
    const [pattern, credentialsOf] = CALLERS.find(([form]) => form.test(caller)) ?? [];
    if (!policy || !pattern || !credentialsOf) throw new Error(`nobody knows how to be "${caller}"`);
    const fleet = await startFleet(known(policy));
    const credentials = await credentialsOf(fleet, ...(pattern.exec(caller)?.slice(1) ?? []));
    const query = new URLSearchParams({ tags, ...(Object.hasOwn(PROVEN_NAMES, name) ? {} : { name }) });

    const { status, body } = await fleet.call(`/activate?${query}`, credentials);

    if (ErrorCode.safeParse(gets).success) {
      expect(body['code']).toBe(gets);
      return;
    }
    expect(status, JSON.stringify(body)).toBe(200);
    if (name !== 'its claim') expect(body['Name']).toBe(PROVEN_NAMES[name] ?? name);
    const wanted = gets === 'no tags' ? [] : gets.split(',').map((tag) => tag.split('='));
    expect(body['Tags']).toEqual(Object.fromEntries(wanted));
  },
);
