import { ListTagsForResourceCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { Policy } from '../../src/policy/policy.ts';
import {
  ACCOUNT,
  type Credentials,
  documentOf,
  fromNetwork,
  INSTANCE,
  POLICY,
  pendingAt,
  withDocument,
  withToken,
} from './credentials.ts';
import { type Fleet, startFleet } from './fleet.ts';

const MINUTE_MS = 60_000;
const YEAR_MS = 365 * 86_400_000;

const tagsOf = async ({ ssm }: Fleet, ResourceId: string): Promise<Record<string, string>> => {
  const { TagList = [] } = await ssm.send(
    new ListTagsForResourceCommand({ ResourceType: 'ManagedInstance', ResourceId }),
  );
  return Object.fromEntries(TagList.map(({ Key = '', Value = '' }) => [Key, Value]));
};

/** A machine that activated, registered and is Online. */
const boot = async (fleet: Fleet, path: string, credentials: Credentials): Promise<string> => {
  const { id, ping } = await fleet.register(await fleet.call(path, credentials));
  await ping();
  await fleet.sweepAfter(MINUTE_MS);
  return id;
};

describe('the document under which an instance registered', () => {
  const start = async () => {
    const fleet = await startFleet();
    const document = documentOf(pendingAt(fleet.clock.now()));
    const id = await boot(fleet, '/activate', withDocument(document));
    const tag = (credentials: Credentials, path = '/tag?tags=Role=db-1') => fleet.call(path, credentials);
    return { ...fleet, fleet, document, id, tag };
  };

  test.each([
    ['a minute', MINUTE_MS],
    ['an hour', 60 * MINUTE_MS],
    ['two years', 2 * YEAR_MS],
  ])('tags its node after %s', async (_age, age) => {
    const { fleet, tag, document, id, clock } = await start();
    clock.advance(age);

    const answer = await tag(withDocument(document));

    expect(answer).toMatchObject({ status: 200, body: { InstanceId: id, Name: INSTANCE } });
    expect(await tagsOf(fleet, id)).toEqual({ Source: 'ec2', Role: 'db-1' });
  });

  test('activates no more once it is too old, though it may tag', async () => {
    const { call, document, clock } = await start();
    clock.advance(60 * MINUTE_MS);

    expect(await call('/activate', withDocument(document))).toMatchObject({
      status: 403,
      body: { code: 'IdentityExpired' },
    });
  });

  test('is not made good by another one of the instance that is as old', async () => {
    const { tag, clock } = await start();
    const later = documentOf(pendingAt(clock.now()));
    clock.advance(60 * MINUTE_MS);

    expect(await tag(withDocument(later))).toMatchObject({ status: 403, body: { code: 'IdentityExpired' } });
  });

  test('is not the only one: the instance that was started anew tags with its new one while that is fresh', async () => {
    const { tag, clock } = await start();

    expect(await tag(withDocument(documentOf(pendingAt(clock.now()))))).toMatchObject({ status: 200 });
  });

  test.each([
    ['another instance', { instanceId: 'i-0ffffffffffffffff' }, 'NameNotAllowed'],
    ['another account', { accountId: '999999999999' }, 'AccountNotAllowed'],
    ['another account that policy lets in', { accountId: '111122223333' }, 'NameHeldByOtherProof'],
  ])('is not that of %s, fresh as it may be', async (_whose, fields, code) => {
    const accounts = [ACCOUNT, '111122223333'];
    const policy = Policy.parse({ instanceIdentity: { ...POLICY.instanceIdentity, accounts } });
    const fleet = await startFleet(policy);
    const id = await boot(fleet, '/activate', withDocument(documentOf(pendingAt(fleet.clock.now()))));
    const other = documentOf({ ...pendingAt(fleet.clock.now()), ...fields });

    const answer = await fleet.call(`/tag?name=${INSTANCE}&tags=Role=db-1`, withDocument(other));

    expect(answer).toMatchObject({ status: 403, body: { code } });
    expect(await tagsOf(fleet, id)).toEqual({ Source: 'ec2' });
  });

  test('is not the address or the token of whoever asks', async () => {
    const { fleet, id, tag } = await start();
    const { token } = await fleet.makeToken({ namePattern: '*' });
    const path = `/tag?name=${INSTANCE}&tags=Role=db-1`;

    expect(await tag(fromNetwork(), path)).toMatchObject({ status: 403, body: { code: 'NameNotAllowed' } });
    expect(await tag(withToken(token), path)).toMatchObject({
      status: 403,
      body: { code: 'NameNotAllowed' },
    });
    expect(await tagsOf(fleet, id)).toEqual({ Source: 'ec2' });
  });
});

describe('the token under which a machine registered', () => {
  const start = async () => {
    const fleet = await startFleet();
    const { token, id: tokenId } = await fleet.makeToken({ tags: { Site: 'Sydney' } });
    const id = await boot(fleet, '/activate?name=web-1', withToken(token));
    const tag = (credentials: Credentials, tags = 'Role=db-1') =>
      fleet.call(`/tag?name=web-1&tags=${tags}`, credentials);
    return { ...fleet, fleet, token, tokenId, id, tag };
  };

  test('tags its node', async () => {
    const { fleet, token, id, tag } = await start();

    expect(await tag(withToken(token))).toMatchObject({ status: 200, body: { InstanceId: id } });
    expect(await tagsOf(fleet, id)).toEqual({ Site: 'Sydney', Source: 'token', Role: 'db-1' });
  });

  test('is not another token, nor the address, nor a document', async () => {
    const { fleet, id, tag } = await start();
    const other = await fleet.makeToken();

    for (const credentials of [withToken(other.token), fromNetwork(), withDocument(documentOf())]) {
      expect(await tag(credentials)).toMatchObject({ status: 403, body: { code: 'NameHeldByOtherProof' } });
    }
    expect(await tagsOf(fleet, id)).toEqual({ Site: 'Sydney', Source: 'token' });
  });

  test('is not it any more once it is revoked', async () => {
    const { operate, token, tokenId, tag } = await start();
    await operate('DELETE', `/tokens/${tokenId}`);

    expect(await tag(withToken(token))).toMatchObject({ status: 403, body: { code: 'TokenRevoked' } });
  });

  test.each([
    ['that its token fixes', 'Site=Perth'],
    ['that policy fixes', 'Source=ec2'],
    ['of a key that policy does not leave to it', 'Owner=me'],
    ['of a value that policy does not leave to it', 'Role=admin'],
    ['beside one that it may set', 'Role=web,Owner=me'],
  ])('sets no tag %s', async (_which, tags) => {
    const { fleet, token, id, tag } = await start();

    expect(await tag(withToken(token), tags)).toMatchObject({ status: 403, body: { code: 'TagNotAllowed' } });
    expect(await tagsOf(fleet, id)).toEqual({ Site: 'Sydney', Source: 'token' });
  });

  test('may say what is fixed anyway', async () => {
    const { token, tag } = await start();

    expect(await tag(withToken(token), 'Site=Sydney')).toMatchObject({ status: 200 });
  });
});

describe('required tags', () => {
  const rules = { cidrs: ['10.0.0.0/8'], names: ['*'] };
  const policy = Policy.parse({
    network: [
      {
        ...rules,
        tags: { fixed: { Site: 'Sydney' }, allowed: { '*': ['*'] }, required: ['Owner', 'Cost', 'Site'] },
      },
    ],
  });

  test('must be given with the activation, and all that miss are named', async () => {
    const fleet = await startFleet(policy);

    const answer = await fleet.call('/activate?name=web-1&tags=Role=web', fromNetwork());

    expect(answer).toMatchObject({ status: 403, body: { code: 'TagRequired' } });
    expect(answer.body['detail']).toMatch(/"Owner".*"Cost"/);
    expect(answer.body['detail']).not.toContain('Site');
  });

  test('that are given let the caller in, and those that policy sets need not be', async () => {
    const fleet = await startFleet(policy);

    const answer = await fleet.call('/activate?name=web-1&tags=Owner=me,Cost=', fromNetwork());

    expect(answer).toMatchObject({
      status: 200,
      body: { Tags: { Owner: 'me', Cost: '', Site: 'Sydney' } },
    });
  });

  test('need not be given again with other tags', async () => {
    const fleet = await startFleet(policy);
    await boot(fleet, '/activate?name=web-1&tags=Owner=me,Cost=', fromNetwork());

    expect(await fleet.call('/tag?name=web-1&tags=Role=web', fromNetwork())).toMatchObject({ status: 200 });
  });
});

test('more tags than a node holds are refused before anything is minted, those of policy among them', async () => {
  const fixed = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`Fixed${index}`, '1']));
  const network = [{ cidrs: ['10.0.0.0/8'], names: ['*'], tags: { fixed, allowed: { '*': ['*'] } } }];
  const fleet = await startFleet(Policy.parse({ network }));
  const own = Array.from({ length: 21 }, (_, index) => `Own${index}=1`).join(',');

  const answer = await fleet.call(`/activate?name=web-1&tags=${own}`, fromNetwork());

  expect(answer).toMatchObject({ status: 409, body: { code: 'TooManyTags' } });
  expect(fleet.calls.filter(({ operation }) => operation === 'CreateActivation')).toEqual([]);
});
