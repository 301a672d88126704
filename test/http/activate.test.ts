import { DescribeActivationsCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { activate, asOperator, bootMachine, machineOf, problemIn, startApi, timesCalled } from './api.ts';

describe('/activate', () => {
  test.each(['/activate', '/latest/activate'])("GET %s answers in AWS's own words", async (path) => {
    const { http } = await startApi();

    const response = await http.get(`${path}?name=web-1&tags=Environment=Prod,Role=web`);

    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toMatch(/^application\/json\b/);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.body).toEqual({
      ActivationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ActivationCode: expect.stringMatching(/^.{20}$/),
      Name: 'web-1',
      Region: 'eu-west-1',
      ExpirationDate: '2026-11-21T11:00:00Z',
      Tags: { Environment: 'Prod', Role: 'web' },
    });
  });

  test.each([
    ['an object', { name: 'web-1', tags: { Environment: 'Prod', Role: 'web' } }],
    [
      "AWS's list",
      {
        name: 'web-1',
        tags: [
          { Key: 'Environment', Value: 'Prod' },
          { Key: 'Role', Value: 'web' },
        ],
      },
    ],
    ['the text of a query', { name: 'web-1', tags: 'Environment=Prod,Role=web' }],
  ])('POST takes tags as %s', async (_form, body) => {
    const { http } = await startApi();

    const response = await http.post('/latest/activate').send(body).expect(200);

    expect(response.body).toMatchObject({ Name: 'web-1', Tags: { Environment: 'Prod', Role: 'web' } });
  });

  test.each([undefined, 'application/json', 'application/x-www-form-urlencoded'])(
    'POST takes everything from the query when it has no body, its type being %s',
    async (type) => {
      const { http } = await startApi();
      const post = http.post('/activate?name=web-1&tags=Role=web').set('content-length', '0');

      const response = await (type ? post.set('content-type', type) : post);

      expect(response.body).toMatchObject({ Name: 'web-1', Tags: { Role: 'web' } });
    },
  );

  test('POST refuses a field that is in the query and in the body', async () => {
    const api = await startApi();

    const response = await api.http
      .post('/activate?name=web-1&tags=a=1')
      .send({ name: 'web-1', tags: 'a=1' });

    const { errors } = problemIn(response, 400, 'InvalidRequest');
    expect(errors?.map(({ field }) => field)).toEqual(['name', 'tags']);
    expect(timesCalled(api, 'CreateActivation')).toBe(0);
  });

  test('tags may be repeated, bare, empty, and hold more than one =', async () => {
    const { http } = await startApi();

    const { body } = await http.get('/activate?name=web-1&tags=dev,Query=a=b&tags=,Empty=').expect(200);

    expect(body.Tags).toEqual({ dev: '', Query: 'a=b', Empty: '' });
  });

  test.each(['constructor', 'toString', 'hasOwnProperty', 'prototype'])(
    'a tag may be called %s, as things of JavaScript are',
    async (key) => {
      const { http } = await startApi();

      const { body } = await http.get(`/activate?name=web-1&tags=${key}=x`).expect(200);
      const tagged = await http.post('/tag').send({ name: 'web-1', tags: { [key]: 'y' } });

      expect(body.Tags).toEqual({ [key]: 'x' });
      expect(tagged.body.Tags).toEqual({ [key]: 'y' });
    },
  );

  test('what SSM holds is what was answered: one use, the name, the tags, the role, the life', async () => {
    const api = await startApi();

    const { body } = await api.http.get('/activate?name=web-1&tags=Role=web').expect(200);

    const { ActivationList = [] } = await api.ssm.send(new DescribeActivationsCommand({}));
    expect(ActivationList).toHaveLength(1);
    expect(ActivationList[0]).toMatchObject({
      ActivationId: body.ActivationId,
      DefaultInstanceName: 'web-1',
      RegistrationLimit: 1,
      IamRole: 'service-role/ssm-node',
      ExpirationDate: new Date(body.ExpirationDate),
      Tags: [{ Key: 'Role', Value: 'web' }],
    });
  });

  test('an ExpirationDate is a whole second, and the one SSM holds, whatever the milliseconds', async () => {
    const api = await startApi();
    api.clock.advance(987);

    const { body } = await api.http.get('/activate?name=web-1').expect(200);

    const { ActivationList = [] } = await api.ssm.send(new DescribeActivationsCommand({}));
    expect(body.ExpirationDate).toBe('2026-11-21T11:00:00Z');
    expect(ActivationList[0]?.ExpirationDate).toEqual(new Date(body.ExpirationDate));
  });

  test('a machine registers with the answer, and its node has the name', async () => {
    const api = await startApi();

    const { instanceId } = await bootMachine(api, 'web-1');

    const { body } = await asOperator(api, 'get', `/nodes/${instanceId}`).expect(200);
    expect(body).toMatchObject({ Name: 'web-1', InstanceId: instanceId, Status: 'Registered' });
  });

  test('a retry gets a new activation, and the first can register nothing any more', async () => {
    const api = await startApi();
    const first = await activate(api, { name: 'web-1' });

    const second = await activate(api, { name: 'web-1' });

    expect(second).not.toEqual(first);
    await expect(machineOf(api, 'web-1').register(first)).rejects.toMatchObject({
      code: 'InvalidActivation',
    });
    await expect(machineOf(api, 'web-1').register(second)).resolves.toMatch(/^mi-/);
  });

  test('a name whose machine is online is refused with the id of its node', async () => {
    const api = await startApi();
    const { instanceId } = await bootMachine(api, 'web-1');

    const response = await api.http.get('/activate?name=web-1');

    expect(problemIn(response, 409, 'AlreadyRegistered').detail).toContain(instanceId);
    expect(timesCalled(api, 'CreateActivation')).toBe(1);
  });

  test('a caller without an accepted proof is refused', async () => {
    const api = await startApi({ proofs: [] });

    problemIn(await api.http.get('/activate?name=web-1'), 401, 'InvalidIdentity');
    expect(api.calls).toEqual([]);
  });

  test('a bad stronger proof does not fall back to the address', async () => {
    const { http } = await startApi();

    const bearer = await http.get('/activate?name=web-1').set('authorization', 'Bearer nonsense');
    const document = await http.get('/activate?name=web-1').set('x-instance-identity', 'nonsense');
    const inBody = await http.post('/activate').send({ name: 'web-1', instanceIdentity: 'nonsense' });

    for (const response of [bearer, document, inBody]) problemIn(response, 401, 'InvalidIdentity');
  });

  test('the network proof needs a name', async () => {
    const { http } = await startApi();

    const { errors } = problemIn(await http.get('/activate'), 400, 'InvalidRequest');

    expect(errors).toEqual([{ field: 'name', message: expect.stringContaining('required') }]);
  });
});
