import { describe, expect, test } from 'vitest';
import { asOperator, bootMachine, startApi, tagsInSsm } from '../http/api.ts';

/** Keys that every object of JavaScript inherits a property of. */
const INHERITED = Object.getOwnPropertyNames(Object.prototype).filter((key) => key !== '__proto__');

describe('a tag by the name of something that objects inherit', () => {
  test.each(INHERITED)('%s can be removed, and the sweep goes on', async (key) => {
    const api = await startApi();
    const { instanceId } = await bootMachine(api, 'web-1', `${key}=evil`);
    expect(await tagsInSsm(api, instanceId)).toEqual({ [key]: 'evil' });

    const { body } = await asOperator(api, 'delete', `/nodes/web-1/tags?keys=${key}`).expect(200);

    expect(body.Tags).toEqual({});
    expect(await tagsInSsm(api, instanceId)).toEqual({});
    expect(await api.sweep()).toMatchObject({ complete: true });
  });

  test.each(INHERITED)('%s that was never there can be removed, and the sweep goes on', async (key) => {
    const api = await startApi();
    await bootMachine(api, 'web-1', 'Role=web');

    const { body } = await asOperator(api, 'delete', `/nodes/web-1/tags?keys=${key}`).expect(200);

    expect(body.Tags).toEqual({ Role: 'web' });
    expect(await api.sweep()).toMatchObject({ complete: true });
  });

  test('is removed from a machine that has not registered yet, by the sweep that finds its node', async () => {
    const api = await startApi();
    await api.http.get('/activate?name=web-1&tags=constructor=evil,toString=evil').expect(200);
    await asOperator(api, 'delete', '/nodes/web-1/tags?keys=constructor').expect(202);

    const { instanceId } = await bootMachine(api, 'web-1', 'valueOf=x,toString=evil');

    expect(await tagsInSsm(api, instanceId)).toEqual({ valueOf: 'x', toString: 'evil' });
    expect(await api.sweep()).toMatchObject({ complete: true });
  });

  test('does not make a list by tags answer with machines that lack it', async () => {
    const api = await startApi();
    await bootMachine(api, 'web-1', 'Role=web');

    const { body } = await asOperator(api, 'get', '/nodes?tag=constructor=').expect(200);

    expect(body.Nodes).toEqual([]);
  });
});
