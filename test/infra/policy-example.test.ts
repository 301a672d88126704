import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parsePolicy } from '../../src/policy/read-policy.ts';
import { INSTANCE, pendingAt, withDocument, withToken } from '../admission/credentials.ts';
import { type Fleet, startFleet } from '../admission/fleet.ts';
import { type Authority, testAuthority } from '../identity/instance-identity/authority.ts';
import { documentFields } from '../identity/instance-identity/documents.ts';
import { signDocument } from '../identity/instance-identity/sign.ts';
import { PUBLIC, serviceTemplate } from './synthesis.ts';

const EXAMPLE = readFileSync('infra/policy.example.json', 'utf8');
const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';

let authority: Authority;
beforeAll(() => {
  authority = testAuthority();
});

/** The service with the example as it is shipped; only documents are signed by a key that the test has. */
const startWithExample = async () => {
  const policy = parsePolicy(EXAMPLE);
  if (!policy.instanceIdentity) throw new Error('the example lets no instance in');
  const certificates = { [REGION]: authority.certificate };
  return startFleet({ ...policy, instanceIdentity: { ...policy.instanceIdentity, certificates } });
};

const asInstance = ({ clock }: Fleet) => {
  const fields = documentFields({ accountId: ACCOUNT, region: REGION, ...pendingAt(clock.now()) });
  return withDocument(signDocument(fields, authority.privateKey).replaceAll('\n', ''));
};
const asHolder = async (fleet: Fleet, tags: Record<string, string>) =>
  withToken((await fleet.makeToken({ namePattern: 'onprem-*', tags })).token);

const spellings = (key: string): readonly string[] => [
  key,
  key.toLowerCase(),
  key.toUpperCase(),
  `${key} `,
  ` ${key}`,
];

/** Tags by which the policies that are deployed decide who may open a session, and the one that is for operators. */
const STEERING = ['Environment', 'Mode'];
const wishes = STEERING.flatMap(spellings).flatMap((key) => [`${key}=Prod`, `${key}=Elsewhere`, `${key}=`]);

it('the policies that are deployed steer by no other tag', () => {
  const deployed = JSON.stringify(serviceTemplate(PUBLIC).toJSON());
  const keys = [...deployed.matchAll(/ssm:resourceTag\/(?!aws:)(\w+)/g)].map(([, key]) => key);

  expect(keys.length).toBeGreaterThan(0);
  expect(STEERING).toEqual(expect.arrayContaining(keys));
});

describe('under the example policy', () => {
  it('an instance is Dev, and says for itself only what it is for', async () => {
    const fleet = await startWithExample();

    const { status, body } = await fleet.call('/activate?tags=Purpose=web', asInstance(fleet));

    expect(status).toBe(200);
    expect(body).toMatchObject({
      Name: INSTANCE,
      Tags: { Environment: 'Dev', ManagedBy: 'ssm-activation-api', Purpose: 'web' },
    });
  });

  it('a machine on premises is what the operator made the token for', async () => {
    const fleet = await startWithExample();
    const holder = await asHolder(fleet, { Environment: 'Prod' });

    const { status, body } = await fleet.call('/activate?name=onprem-1', holder);

    expect(status).toBe(200);
    expect(body).toMatchObject({ Tags: { Environment: 'Prod', ManagedBy: 'ssm-activation-api' } });
  });

  it('a token that says no environment lets nobody in', async () => {
    const fleet = await startWithExample();

    const { body } = await fleet.call('/activate?name=onprem-1', await asHolder(fleet, {}));

    expect(body).toMatchObject({ code: 'TagRequired' });
  });

  it.each(['/activate', '/tag'])(
    'no machine chooses at %s a tag that steers what is done to it',
    async (route) => {
      const fleet = await startWithExample();
      const callers = [
        [INSTANCE, asInstance(fleet)],
        ['onprem-1', await asHolder(fleet, { Environment: 'Test' })],
        ['onprem-2', await asHolder(fleet, {})],
      ] as const;
      if (route === '/tag') {
        for (const [name, credentials] of callers) await fleet.call(`/activate?name=${name}`, credentials);
      }

      for (const [name, credentials] of callers) {
        for (const tags of wishes) {
          const { status } = await fleet.call(`${route}?${new URLSearchParams({ name, tags })}`, credentials);
          expect({ name, tags, refused: status >= 400 }).toEqual({ name, tags, refused: true });
        }
      }
    },
  );
});

it('the page about policies shows the example as it is shipped', () => {
  const [, shown = ''] =
    /^```json policy\.example\.json\n(.*?)^```$/ms.exec(readFileSync('docs/policy.md', 'utf8')) ?? [];

  expect(shown).toBe(EXAMPLE);
});
