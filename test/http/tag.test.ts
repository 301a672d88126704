import { describe, expect, test } from 'vitest';
import { activate, bootMachine, machineOf, problemIn, startApi, tagsInSsm } from './api.ts';

describe('/tag', () => {
  test('before the machine has registered the tags are pending, then they are on its node', async () => {
    const api = await startApi();
    const activation = await activate(api, { name: 'web-1', tags: 'Role=web' });

    const response = await api.http.get('/tag?name=web-1&tags=Environment=Prod');

    expect(response.status).toBe(202);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.body).toEqual({
      Status: 'Pending',
      Name: 'web-1',
      Tags: { Role: 'web', Environment: 'Prod' },
    });
    const instanceId = await machineOf(api, 'web-1').register(activation);
    api.clock.advance(2_000);
    await api.sweep();
    expect(await tagsInSsm(api, instanceId)).toEqual({ Role: 'web', Environment: 'Prod' });
  });

  test.each(['/tag', '/latest/tag'])(
    'after registration %s answers when the tags are on the node',
    async (path) => {
      const api = await startApi();
      const { instanceId } = await bootMachine(api, 'web-1', 'Role=web');

      const response = await api.http.post(path).send({ name: 'web-1', tags: { Environment: 'Prod' } });

      expect(response.status).toBe(200);
      expect(response.body).toEqual({
        InstanceId: instanceId,
        Name: 'web-1',
        Tags: { Role: 'web', Environment: 'Prod' },
      });
      expect(await tagsInSsm(api, instanceId)).toEqual({ Role: 'web', Environment: 'Prod' });
    },
  );

  test('a machine that registered a moment ago is tagged at once, before any sweep', async () => {
    const api = await startApi();
    const instanceId = await machineOf(api, 'web-1').register(await activate(api, { name: 'web-1' }));

    const response = await api.http.get('/tag?name=web-1&tags=Role=web');

    expect(response.status).toBe(200);
    expect(await tagsInSsm(api, instanceId)).toEqual({ Role: 'web' });
  });

  test('a later value takes the place of an earlier one', async () => {
    const api = await startApi();
    const { instanceId } = await bootMachine(api, 'web-1', 'Role=web');

    await api.http.get('/tag?name=web-1&tags=Role=db').expect(200);

    expect(await tagsInSsm(api, instanceId)).toEqual({ Role: 'db' });
  });

  test('a name that nobody activated is unknown', async () => {
    const { http } = await startApi();

    problemIn(await http.get('/tag?name=web-1&tags=Role=web'), 404, 'NameUnknown');
  });

  test.each(['/tag?name=web-1', '/tag?name=web-1&tags=', '/tag?name=web-1&tags=,'])(
    '%s names no tag and is refused',
    async (path) => {
      const api = await startApi();
      await activate(api, { name: 'web-1' });

      const { errors } = problemIn(await api.http.get(path), 400, 'InvalidRequest');

      expect(errors?.[0]?.field).toBe('tags');
    },
  );

  test('more than fifty tags in all are refused, and change nothing', async () => {
    const api = await startApi();
    const many = (prefix: string, count: number) =>
      Array.from({ length: count }, (_, index) => `${prefix}${index}=x`).join();
    const { instanceId } = await bootMachine(api, 'web-1', many('a', 40));

    const response = await api.http.get(`/tag?name=web-1&tags=${many('b', 11)}`);

    problemIn(response, 409, 'TooManyTags');
    expect(Object.keys(await tagsInSsm(api, instanceId))).toHaveLength(40);
  });
});
