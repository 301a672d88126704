import { describe, expect, test } from 'vitest';
import { TagsRefused } from '../../src/activation/errors.ts';
import { AwsError } from '../../src/local/aws/errors.ts';
import { activationId, nodeId } from '../activation/records.ts';
import { startGateway } from './gateway.ts';

describe('what is gone already', () => {
  test('is deleted: an activation', async () => {
    const { systemsManager, request, described } = await startGateway();
    const { id } = await systemsManager.createActivation(request());

    await systemsManager.deleteActivation(id);
    await systemsManager.deleteActivation(id);
    await systemsManager.deleteActivation(activationId('never there'));

    expect(await described()).toEqual([]);
  });

  test('is deregistered: a node', async () => {
    const { systemsManager, registeredNode } = await startGateway();
    const node = await registeredNode();

    await systemsManager.deregister(node);
    await systemsManager.deregister(node);
    await systemsManager.deregister(nodeId('never there'));

    expect(await systemsManager.allNodes()).toEqual([]);
  });

  test.each(['DeleteActivation', 'DeregisterManagedInstance'])(
    '%s that is not allowed is an error all the same',
    async (refused) => {
      const { systemsManager, faults } = await startGateway();
      faults.refuse = (operation) =>
        operation === refused ? new AwsError('AccessDeniedException') : undefined;
      const call =
        refused === 'DeleteActivation'
          ? systemsManager.deleteActivation(activationId('a'))
          : systemsManager.deregister(nodeId('a'));

      await expect(call).rejects.toMatchObject({
        name: 'SystemsManagerRefused',
        cause: { name: 'AccessDeniedException' },
      });
    },
  );
});

describe('tags of a node', () => {
  test('are set and removed', async () => {
    const { systemsManager, registeredNode, tagsOf } = await startGateway();
    const node = await registeredNode();

    await systemsManager.addTags(node, { Role: 'web', Owner: '' });
    await systemsManager.removeTags(node, ['Role', 'never there']);

    expect(await tagsOf(node)).toEqual({ Owner: '' });
  });

  test('beyond 50 are refused', async () => {
    const { systemsManager, registeredNode } = await startGateway();
    const node = await registeredNode();
    const tags = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, '']));

    const adding = systemsManager.addTags(node, tags);

    await expect(adding).rejects.toThrow(TagsRefused);
    await expect(adding).rejects.toMatchObject({ cause: { name: 'TooManyTagsError' } });
  });

  test('of a node that Systems Manager does not know are told as such: it may not be known everywhere yet', async () => {
    const { systemsManager } = await startGateway();

    expect(await systemsManager.addTags(nodeId('gone'), { Role: 'web' })).toMatchObject({ known: 'unknown' });
    expect(await systemsManager.removeTags(nodeId('gone'), ['Role'])).toMatchObject({ known: 'unknown' });
  });

  test('are not refused for want of permission: that is an error of the deployment', async () => {
    const { systemsManager, registeredNode, faults } = await startGateway();
    const node = await registeredNode();
    faults.refuse = () => new AwsError('AccessDeniedException');

    await expect(systemsManager.addTags(node, { Role: 'web' })).rejects.toMatchObject({
      name: 'SystemsManagerRefused',
      cause: { name: 'AccessDeniedException' },
    });
  });
});

describe('nodes', () => {
  test('are all found, whatever their number', async () => {
    const { systemsManager, registered, calls } = await startGateway();
    const ids: string[] = [];
    for (let index = 0; index < 60; index += 1) ids.push((await registered()).instanceId);
    calls.length = 0;

    const found = await systemsManager.allNodes();

    expect(found.map(({ id }) => id)).toEqual(ids);
    expect(calls).toHaveLength(2);
  });

  test('are found by their ids', async () => {
    const { systemsManager, registeredNode } = await startGateway();
    const node = await registeredNode();
    await registeredNode();

    const found = await systemsManager.nodesById([node, nodeId('gone')]);

    expect(found.map(({ id }) => id)).toEqual([node]);
  });

  test('of no ids and of no activations are none, without a call', async () => {
    const { systemsManager, registeredNode, calls } = await startGateway();
    await registeredNode();
    calls.length = 0;

    expect(await systemsManager.nodesById([])).toEqual([]);
    expect(await systemsManager.nodesOf([])).toEqual([]);
    expect(calls).toEqual([]);
  });

  test('that are silent are found apart from those that are Online', async () => {
    const { systemsManager, registered } = await startGateway();
    const silent = await registered();
    const online = await registered();
    await online.machine.ping();

    const found = await systemsManager.silentNodes();

    expect(found.map(({ id }) => id)).toEqual([silent.instanceId]);
  });
});

test('a check answers while Systems Manager does', async () => {
  const { systemsManager, faults } = await startGateway();

  await expect(systemsManager.check()).resolves.toBeUndefined();
  faults.refuse = () => new AwsError('AccessDeniedException');
  await expect(systemsManager.check()).rejects.toThrow();
});
