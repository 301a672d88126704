import { DescribeActivationsCommand, DescribeInstanceInformationCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import {
  type Api,
  activate,
  asOperator,
  bootMachine,
  machineOf,
  problemIn,
  startApi,
  tagsInSsm,
} from './api.ts';

const nodesInSsm = async ({ ssm }: Api) => {
  const { InstanceInformationList = [] } = await ssm.send(new DescribeInstanceInformationCommand({}));
  return InstanceInformationList.map(({ InstanceId }) => InstanceId);
};

describe('tags changed by an operator', () => {
  test('are on the node when the answer comes', async () => {
    const api = await startApi();
    const { instanceId } = await bootMachine(api, 'web-1', 'Role=web,Old=1');

    const put = await asOperator(api, 'put', `/nodes/${instanceId}/tags`).send({
      tags: { Role: 'db', New: '' },
    });
    const removed = await asOperator(api, 'delete', '/nodes/web-1/tags?keys=Old,NotThere');

    expect(put.status).toBe(200);
    expect(put.body).toEqual({
      InstanceId: instanceId,
      Name: 'web-1',
      Tags: { Role: 'db', Old: '1', New: '' },
    });
    expect(removed.status).toBe(200);
    expect(removed.body.Tags).toEqual({ Role: 'db', New: '' });
    expect(await tagsInSsm(api, instanceId)).toEqual({ Role: 'db', New: '' });
  });

  test('wait for a machine that has not registered', async () => {
    const api = await startApi();
    const activation = await activate(api, { name: 'web-1', tags: 'Role=web' });

    const put = await asOperator(api, 'put', '/nodes/web-1/tags').send({
      tags: [{ Key: 'Team', Value: 'a' }],
    });

    expect(put.status).toBe(202);
    expect(put.body).toEqual({ Status: 'Pending', Name: 'web-1', Tags: { Role: 'web', Team: 'a' } });
    const instanceId = await machineOf(api, 'web-1').register(activation);
    api.clock.advance(2_000);
    await api.sweep();
    expect(await tagsInSsm(api, instanceId)).toEqual({ Role: 'web', Team: 'a' });
  });

  test.each([
    ['put', '/nodes/web-1/tags', {}],
    ['put', '/nodes/web-1/tags', { tags: { 'aws:x': '1' } }],
    ['put', '/nodes/web-1/tags', undefined],
    ['put', '/nodes/web-1/tags', { tags: { a: '1' }, keys: 'b' }],
    ['delete', '/nodes/web-1/tags', undefined],
    ['delete', '/nodes/web-1/tags?keys=', undefined],
    ['delete', '/nodes/web-1/tags?keys=aws:x', undefined],
  ] as const)('are checked: %s %s %j changes nothing', async (method, path, body) => {
    const api = await startApi();
    const { instanceId } = await bootMachine(api, 'web-1', 'Role=web');

    problemIn(await asOperator(api, method, path).send(body), 400, 'InvalidRequest');

    expect(await tagsInSsm(api, instanceId)).toEqual({ Role: 'web' });
  });
});

describe('a release', () => {
  test('lets the name activate once, and the node that was there is deregistered', async () => {
    const api = await startApi();
    const { instanceId } = await bootMachine(api, 'web-1');

    const released = await asOperator(api, 'post', `/nodes/${instanceId}/release`).expect(200);
    const rebuilt = await bootMachine(api, 'web-1');
    const third = await api.http.get('/activate?name=web-1');

    expect(released.body).toMatchObject({ Name: 'web-1', Status: 'Released', InstanceId: instanceId });
    expect(problemIn(third, 409, 'AlreadyRegistered').detail).toContain(rebuilt.instanceId);
    expect(await nodesInSsm(api)).toEqual([rebuilt.instanceId]);
  });

  test('of a name that is free already changes nothing', async () => {
    const api = await startApi();
    await activate(api, { name: 'web-1' });

    const { body } = await asOperator(api, 'post', '/nodes/web-1/release').expect(200);

    expect(body).toMatchObject({ Name: 'web-1', Status: 'Issued' });
  });
});

describe('a removal', () => {
  test('deregisters the node, and the name is free', async () => {
    const api = await startApi();
    const { instanceId } = await bootMachine(api, 'web-1');

    const { body } = await asOperator(api, 'delete', `/nodes/${instanceId}`).expect(200);

    expect(body).toMatchObject({ Name: 'web-1', Status: 'Deregistered' });
    expect(await nodesInSsm(api)).toEqual([]);
    await bootMachine(api, 'web-1');
  });

  test('revokes an activation that is out', async () => {
    const api = await startApi();
    const activation = await activate(api, { name: 'web-1' });

    const { body } = await asOperator(api, 'delete', '/nodes/web-1').expect(200);

    expect(body).toMatchObject({ Name: 'web-1', Status: 'Revoked' });
    const { ActivationList } = await api.ssm.send(new DescribeActivationsCommand({}));
    expect(ActivationList).toEqual([]);
    await expect(machineOf(api, 'web-1').register(activation)).rejects.toMatchObject({
      code: 'InvalidActivation',
    });
  });

  test('may be asked for again, and has a type for a body that is not there', async () => {
    const api = await startApi();
    await bootMachine(api, 'web-1');

    for (const _time of [1, 2]) {
      const request = asOperator(api, 'delete', '/nodes/web-1').set('content-type', 'application/json');
      const { body } = await request.set('content-length', '0').expect(200);
      expect(body.Status).toBe('Deregistered');
    }
  });
});
