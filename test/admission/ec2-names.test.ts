import { describe, expect, test } from 'vitest';
import { Policy } from '../../src/policy/policy.ts';
import { documentOf, fromNetwork, INSTANCE, POLICY, withDocument, withToken } from './credentials.ts';
import { startFleet } from './fleet.ts';

const OTHER = 'i-0fedcba9876543210';
/** Every proof may have every name, as far as patterns go. */
const LENIENT = Policy.parse({
  instanceIdentity: { ...POLICY.instanceIdentity, names: ['*'] },
  joinTokens: {},
  network: [{ cidrs: ['10.0.0.0/8'], names: ['*'] }],
});

describe('where policy takes documents, the name of an instance', () => {
  test.each([OTHER, 'i-0fedcba9'])('%s goes to nobody but the instance itself', async (name) => {
    const fleet = await startFleet(LENIENT);
    const { token } = await fleet.makeToken({ namePattern: '*', maxNames: 100 });
    const refused = { status: 403, body: { code: 'NameNotAllowed' } };

    expect(await fleet.call(`/activate?name=${name}`, withDocument(documentOf()))).toMatchObject(refused);
    expect(await fleet.call(`/activate?name=${name}`, withToken(token))).toMatchObject(refused);
    expect(await fleet.call(`/activate?name=${name}`, fromNetwork())).toMatchObject(refused);
    const itself = withDocument(documentOf({ instanceId: name }));
    expect(await fleet.call(`/activate?name=${name}`, itself)).toMatchObject({ status: 200 });
  });

  test.each(['i-0fedcba', 'i-0fedcba98', 'xi-0fedcba9', 'i-0fedcbag', 'web-1'])(
    'is not %s, which patterns decide about',
    async (name) => {
      const fleet = await startFleet(LENIENT);

      expect(await fleet.call(`/activate?name=${name}`, fromNetwork())).toMatchObject({ status: 200 });
    },
  );

  test('is the one that a document gets when it asks for none', async () => {
    const fleet = await startFleet(LENIENT);

    const answer = await fleet.call('/activate', withDocument(documentOf()));

    expect(answer).toMatchObject({ status: 200, body: { Name: INSTANCE } });
  });

  test('is not one of the patterns that an instance may have beside its own', async () => {
    const fleet = await startFleet();

    expect(await fleet.call('/activate?name=web-1', withDocument(documentOf()))).toMatchObject({
      status: 200,
    });
    expect(await fleet.call('/activate?name=db-1', withDocument(documentOf()))).toMatchObject({
      status: 403,
    });
  });
});

test('where policy takes no documents, names of instances are names like any other', async () => {
  const fleet = await startFleet(Policy.parse({ network: LENIENT.network }));

  expect(await fleet.call(`/activate?name=${OTHER}`, fromNetwork())).toMatchObject({ status: 200 });
});

test('a policy that says nothing lets nobody in', async () => {
  const fleet = await startFleet(Policy.parse({}));

  for (const credentials of [withDocument(documentOf()), fromNetwork('127.0.0.1'), withToken('ssmj_x')]) {
    expect(await fleet.call('/activate?name=web-1', credentials)).toMatchObject({
      status: 401,
      body: { code: 'InvalidIdentity' },
    });
  }
});
