/** What others have in the account, and values that nobody expects, break no question of this service. */
import { expect, test } from 'vitest';
import { ManagedNodeId } from '../../src/activation/identifiers.ts';
import type { DescribedNode } from '../../src/local/aws/foreign.ts';
import { FOREIGN_ACTIVATIONS, FOREIGN_NODES } from '../local/foreign.ts';
import { HOST, startGateway } from './gateway.ts';

const startAmongOthers = async () => {
  const gateway = await startGateway();
  gateway.faults.foreignNodes = FOREIGN_NODES;
  gateway.faults.foreignActivations = FOREIGN_ACTIVATIONS;
  gateway.faults.sparsePages = 1;
  return gateway;
};

test('nodes of others are none of the nodes, however these are asked for', async () => {
  const { systemsManager, request, machine } = await startAmongOthers();
  const { id, code } = await systemsManager.createActivation(request());
  const node = await machine().register({ activationId: id, activationCode: code.reveal() });
  const [, , , , foreign] = FOREIGN_NODES;

  const asked = [
    await systemsManager.allNodes(),
    await systemsManager.silentNodes(),
    await systemsManager.nodesOf([id]),
    await systemsManager.nodesById([node, foreign?.InstanceId ?? ''].map((one) => ManagedNodeId.parse(one))),
  ];

  for (const found of asked) expect(found.map((one) => one.id)).toEqual([node]);
});

test('activations of others are passed over when their ids are of no known form, and break no listing', async () => {
  const { systemsManager, request } = await startAmongOthers();
  const { id } = await systemsManager.createActivation(request());

  expect((await systemsManager.activationsNamed([HOST])).map((one) => one.id)).toEqual([id]);
  const all = await systemsManager.allActivations();
  expect(all.map((one) => one.id).toSorted()).toEqual(
    [id, '47ec4069-20cc-4709-85a2-895ac895e2fd'].toSorted(),
  );
});

test('an activation of values that none of this service has has no attempt, and no tag that no node of ours can have', async () => {
  const { systemsManager } = await startAmongOthers();

  const [odd, ...others] = await systemsManager.allActivations();

  expect(others).toEqual([]);
  expect(odd).toMatchObject({ attemptId: undefined });
  expect(Object.entries(odd?.tags ?? {})).toEqual([['constructor', '']]);
});

const SHOWN = {
  InstanceId: 'mi-0eeeeeeeeeeeeeeee',
  ActivationId: '0b1c2d3e-0000-4000-8000-000000000000',
  ResourceType: 'ManagedInstance',
} satisfies DescribedNode;

test('a node whose registration date is not told counts as registered just now', async () => {
  const { systemsManager, faults, readAt } = await startGateway();
  faults.foreignNodes = [{ ...SHOWN, LastPingDateTime: 1 }];

  const listed = await systemsManager.allNodes();

  expect(listed).toMatchObject([{ registeredAt: readAt(), lastPingAt: new Date(1000) }]);
});

test.each(['', 'Degraded', undefined])('a node of the status %j is not Online', async (PingStatus) => {
  const { systemsManager, faults } = await startGateway();
  faults.foreignNodes = [{ ...SHOWN, PingStatus, Name: '' }];

  const [node] = await systemsManager.allNodes();

  expect(node).toMatchObject({ id: SHOWN.InstanceId, pingStatus: 'ConnectionLost' });
  expect(node).not.toHaveProperty('name');
});

test('a last ping from before the registration is none: it stands for a ping that never was', async () => {
  const { systemsManager, faults } = await startGateway();
  const RegistrationDate = 1_795_255_200.7;
  const listedWith = async (LastPingDateTime: number) => {
    faults.foreignNodes = [{ ...SHOWN, RegistrationDate, LastPingDateTime }];
    return (await systemsManager.allNodes())[0];
  };

  expect(await listedWith(0)).not.toHaveProperty('lastPingAt');
  expect(await listedWith(-62_135_596_800)).not.toHaveProperty('lastPingAt');
  expect(await listedWith(1_795_255_200)).toMatchObject({ lastPingAt: new Date('2026-11-21T10:00:00Z') });
});
