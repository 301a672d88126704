import { describe, expect, test } from 'vitest';
import { OPERATOR, OPERATOR_KEY } from '../service.ts';
import { activate, bootMachine, problemIn, startApi, tagsInSsm } from './api.ts';

const ROUTES = [
  ['get', '/nodes'],
  ['get', '/latest/nodes'],
  ['get', '/nodes/web-1'],
  ['get', '/nodes/unknown'],
  ['get', '/nodes?limit=nonsense'],
  ['put', '/nodes/web-1/tags'],
  ['delete', '/nodes/web-1/tags?keys=Role'],
  ['delete', '/nodes/unknown/tags?keys=Role'],
  ['post', '/nodes/web-1/release'],
  ['delete', '/nodes/web-1'],
  ['delete', '/nodes/unknown'],
] as const;

describe('an operator route', () => {
  test.each(ROUTES)('%s %s is closed to whoever has no key or a wrong one', async (method, path) => {
    const api = await startApi();
    const { instanceId } = await bootMachine(api, 'web-1', 'Role=web');
    const credentials = [
      undefined,
      'Bearer wrong',
      `Bearer ${OPERATOR_KEY}x`,
      `Bearer ${OPERATOR_KEY.slice(0, -1)}`,
      `Basic ${OPERATOR_KEY}`,
      OPERATOR_KEY,
      `Bearer  ${OPERATOR_KEY} ${OPERATOR_KEY}`,
    ];

    for (const authorization of credentials) {
      const request = api.http[method](path).send(method === 'put' ? { tags: 'Role=db' } : undefined);
      const response = await (authorization === undefined ? request : request.set({ authorization }));
      expect(problemIn(response, 401, 'OperatorRequired').detail).not.toContain(OPERATOR_KEY);
    }

    expect(await tagsInSsm(api, instanceId)).toEqual({ Role: 'web' });
    const { body } = await api.http.get('/nodes/web-1').set(OPERATOR).expect(200);
    expect(body.Status).toBe('Registered');
  });

  test.each(ROUTES.filter(([, path]) => path.includes('unknown')))(
    '%s %s is unknown to an operator',
    async (method, path) => {
      const { http } = await startApi();

      problemIn(await http[method](path).set(OPERATOR), 404, 'NameUnknown');
    },
  );

  test.each([
    ['put', '/nodes/unknown/tags', { tags: { Role: 'web' } }],
    ['post', '/nodes/unknown/release', undefined],
  ] as const)('%s %s is unknown to an operator', async (method, path, body) => {
    const { http } = await startApi();

    problemIn(await http[method](path).set(OPERATOR).send(body), 404, 'NameUnknown');
  });

  test('the key is no proof for a machine, and a machine needs none', async () => {
    const api = await startApi();
    await activate(api, { name: 'web-1' });

    problemIn(await api.http.get('/activate?name=web-2').set(OPERATOR), 401, 'InvalidIdentity');
  });

  test('the scheme of the key is read in any case, as RFC 9110 has it', async () => {
    const { http } = await startApi();

    await http
      .get('/nodes')
      .set({ authorization: `bearer ${OPERATOR_KEY}` })
      .expect(200);
  });
});
