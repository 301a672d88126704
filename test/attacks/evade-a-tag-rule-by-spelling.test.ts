import { CreateActivationCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { JoinTokenTerms } from '../../src/identity/join-token/join-token.ts';
import { newJoinToken } from '../../src/identity/join-token/new-join-token.ts';
import { Policy } from '../../src/policy/policy.ts';
import { parsePolicy } from '../../src/policy/read-policy.ts';
import { asOperator, bootMachine, problemIn, startApi, tagsInSsm } from '../http/api.ts';
import { startService, unhurried } from '../service.ts';

const ANYTHING = { '*': ['*'] };
const LAB = Policy.parse({
  network: [
    {
      cidrs: ['127.0.0.0/8'],
      names: ['*'],
      tags: { fixed: { Environment: 'Lab' }, allowed: { ...ANYTHING, Owner: ['ops'] }, required: ['Site'] },
    },
  ],
  joinTokens: { tags: { fixed: { Environment: 'Lab' }, allowed: ANYTHING } },
});

/** `Environment` once more, so that IAM or a reader takes it for the same. */
const SPELLINGS = [
  'environment',
  'ENVIRONMENT',
  'environmenT',
  'Env\u0131ronment',
  'Env\u0130ronment',
  'Ｅnvironment',
];

describe('a tag that policy fixes', () => {
  test.each(SPELLINGS)('cannot be set a second time as %s', async (key) => {
    const { app, calls } = await startService({}, LAB);

    for (const path of ['/activate', '/tag']) {
      const response = await app.inject({
        method: 'POST',
        url: path,
        payload: { name: 'web-1', tags: { Site: 'x', [key]: 'Dev' } },
      });

      expect(response.json(), path).toMatchObject({ status: 403, code: 'TagNotAllowed' });
      expect(response.json().detail).toContain('"Environment"');
    }
    expect(calls).toEqual([]);
  });

  test.each(['Environment ', ' Environment', 'Environment\u3164', 'Environment\u00a0', 'Environ\u200bment'])(
    'cannot be set a second time as %j',
    async (key) => {
      const { app, calls } = await startService({}, LAB);

      const response = await app.inject({
        method: 'POST',
        url: '/activate',
        payload: { name: 'web-1', tags: { Site: 'x', [key]: 'Dev' } },
      });

      expect(response.json()).toMatchObject({ status: 400, code: 'InvalidRequest' });
      expect(calls).toEqual([]);
    },
  );

  test('cannot be overridden by a blank before or behind its key in a query', async () => {
    const { app } = await startService({}, LAB);

    const response = await app.inject('/activate?name=web-1&tags=Site=x,Environment%20=Dev');

    expect(response.json()).toMatchObject({ code: 'TagNotAllowed' });
  });

  test('holds against a join token that has it in another spelling', async () => {
    const { app, context } = await startService({}, LAB);
    const terms = JoinTokenTerms.parse({
      namePattern: '*',
      tags: { ENVIRONMENT: 'Prod', Rack: '7' },
      expiresAt: new Date('2026-11-22T10:00:00Z').toISOString(),
    });
    const { token, secret } = newJoinToken(context.clock(), LAB.joinTokens, terms, 'alice');
    await context.tokensFor(unhurried()).create(token);

    const response = await app.inject({
      url: '/activate?name=db-1',
      headers: { authorization: `Bearer ${secret}` },
    });

    expect(response.json().Tags).toEqual({ Environment: 'Lab', Rack: '7' });
  });
});

describe('a key that policy names', () => {
  test.each(['Site=x,owner=ops', 'Site=x,OWNER=me', 'site=x'])(
    'is to be spelled as policy spells it: %s',
    async (tags) => {
      const { app } = await startService({}, LAB);

      const response = await app.inject(`/activate?name=web-1&tags=${tags}`);

      expect(response.json()).toMatchObject({ code: 'TagNotAllowed' });
    },
  );

  test.each([
    { fixed: { Role: 'web' }, allowed: { role: ['*'] } },
    { fixed: { Role: 'web', ROLE: 'db' } },
    { allowed: { Role: ['web'] }, required: ['role'] },
  ])('is spelled in one way by all of it, or the policy is refused: %j', (tags) => {
    const policy = { network: [{ cidrs: ['10.0.0.0/8'], names: ['*'], tags }] };

    expect(() => parsePolicy(JSON.stringify(policy))).toThrow(/two ways/);
  });

  test('cannot be one of two claims that differ in capitals', () => {
    const provider = {
      name: 'gce',
      issuer: 'https://issuer.example',
      audience: 'us',
      nameClaim: 'sub',
      requiredClaims: { project: ['p'] },
      tagClaims: { Zone: 'zone', zone: 'free_text' },
    };

    expect(() => parsePolicy(JSON.stringify({ oidc: [provider] }))).toThrow(/case/);
  });
});

describe('one request', () => {
  test.each([
    'Env=Prod,env=Dev',
    'Env=Prod&tags=ENV=Dev',
    'Env=Prod,Env%20=Dev',
    'Stra%C3%9Fe=1,STRASSE=2',
    '%E2%84%AAey=1,key=2',
  ])('cannot name a key in two spellings: %s', async (tags) => {
    const api = await startApi();

    problemIn(await api.http.get(`/activate?name=web-1&tags=${tags}`), 400, 'InvalidRequest');

    expect(api.calls).toEqual([]);
  });

  test('may have blanks round its tags, which are no part of them', async () => {
    const api = await startApi();

    const { body } = await api.http.get('/activate?name=web-1&tags=Env=Prod,%20Role%20=%20web').expect(200);

    expect(body.Tags).toEqual({ Env: 'Prod', Role: 'web' });
  });
});

describe('a machine that has a key', () => {
  test.each([
    ['registered', true],
    ['asked for its activation', false],
  ])(
    'and %s cannot get it in another spelling, from itself or from an operator',
    async (_when, registers) => {
      const api = await startApi();
      if (registers) await bootMachine(api, 'web-1', 'Environment=Prod');
      else await api.http.get('/activate?name=web-1&tags=Environment=Prod').expect(200);

      problemIn(await api.http.get('/tag?name=web-1&tags=environment=Dev'), 400, 'InvalidRequest');
      const put = asOperator(api, 'put', '/nodes/web-1/tags').send({ tags: { ENVIRONMENT: 'Dev' } });
      const problem = problemIn(await put, 400, 'InvalidRequest');

      expect(problem.detail).toContain('"Environment"');
      const { body } = await asOperator(api, 'get', '/nodes/web-1').expect(200);
      expect(body.Tags).toEqual({ Environment: 'Prod' });
    },
  );

  test('loses it by any spelling, and no other key with it', async () => {
    const api = await startApi();
    const { instanceId } = await bootMachine(api, 'web-1', 'Environment=Prod,Role=web');

    await asOperator(api, 'delete', '/nodes/web-1/tags?keys=Nothing,%20environment').expect(200);

    expect(await tagsInSsm(api, instanceId)).toEqual({ Role: 'web' });
  });

  test('in a follow-up tag has it once when it asks again with another spelling', async () => {
    const api = await startApi();
    await api.http.get('/activate?name=web-1').expect(200);
    await api.http.get('/tag?name=web-1&tags=environment=Dev').expect(202);

    const { instanceId } = await bootMachine(api, 'web-1', 'Environment=Prod');

    expect(await tagsInSsm(api, instanceId)).toEqual({ Environment: 'Prod' });
  });
});

describe('Mode, which decides what is done to a machine,', () => {
  test.each(['Mode=report', 'mode=report', 'MODE=report', '%20Mode%20=report'])(
    'is not chosen by a machine that may choose anything: %s',
    async (tag) => {
      const api = await startApi();

      problemIn(await api.http.get(`/activate?name=web-1&tags=${tag}`), 403, 'TagNotAllowed');
      await api.http.get('/activate?name=web-1').expect(200);
      problemIn(await api.http.get(`/tag?name=web-1&tags=${tag}`), 403, 'TagNotAllowed');
    },
  );

  test('is set by an operator', async () => {
    const api = await startApi();
    const { instanceId } = await bootMachine(api, 'web-1');

    await asOperator(api, 'put', '/nodes/web-1/tags')
      .send({ tags: { Mode: 'enforce' } })
      .expect(200);

    expect(await tagsInSsm(api, instanceId)).toEqual({ Mode: 'enforce' });
  });

  test('is not left to callers by any policy that names it', () => {
    const tags = { allowed: { mode: ['report'] } };
    const policy = { network: [{ cidrs: ['10.0.0.0/8'], names: ['*'], tags }] };

    expect(() => parsePolicy(JSON.stringify(policy))).toThrow(/not left to callers/);
  });
});

test('the stand-in takes both spellings, as Systems Manager does: what refuses them is this service', async () => {
  const { ssm } = await startService();
  const Tags = ['Environment', 'environment'].map((Key) => ({ Key, Value: 'x' }));

  const made = ssm.send(new CreateActivationCommand({ IamRole: 'node', Tags }));

  await expect(made).resolves.toHaveProperty('ActivationId');
});
