/** An account has nodes and activations of others, and listings with empty pages: the service does its work all the same. */
import { expect, test } from 'vitest';
import { removeSilentNodes } from '../../src/activation/ended-machines.ts';
import { findNodes } from '../../src/activation/find-nodes.ts';
import { ManagedNodeId } from '../../src/activation/identifiers.ts';
import { nodesDeregistered, nodesRegistered } from '../../src/activation/node-events.ts';
import { reconcile } from '../../src/activation/reconcile.ts';
import { FOREIGN_ACTIVATIONS, FOREIGN_NODES } from '../local/foreign.ts';
import { type Scenario, SILENT_MS, startScenario } from './scenario.ts';

const DAY_MS = 24 * 60 * 60_000;

const startAmongOthers = async () => {
  const service = await startScenario();
  service.faults.foreignNodes = FOREIGN_NODES;
  service.faults.foreignActivations = FOREIGN_ACTIVATIONS;
  service.faults.sparsePages = 1;
  return service;
};

/** What the service asked of Systems Manager that changes something. */
const changesOf = ({ calls }: Scenario) =>
  calls
    .map(({ operation }) => operation)
    .filter((operation) => /^(Delete|Deregister|AddTags|Remove)/.test(operation));

test('a machine activates, registers, is linked and tagged', async () => {
  const service = await startAmongOthers();
  const node = await service.register(await service.activate());
  await node.ping();

  expect(await service.sweepAfter(2_000)).toMatchObject({ looked: 1, complete: true });
  await service.tag({ Role: 'web' });

  expect((await service.record())?.node).toMatchObject({ id: node.id, seenOnline: true, unappliedTags: [] });
  expect(await service.tagsOf(node.id)).toEqual({ Role: 'web' });
});

test('an activation that was asked for again takes the place of the earlier one', async () => {
  const service = await startAmongOthers();
  await service.activate();
  const second = await service.activate();
  service.faults.foreignActivations = [];
  service.faults.sparsePages = 0;

  expect(await service.usable()).toEqual([second.id]);
});

test('the strays of a lost answer are found and deleted', async () => {
  const service = await startAmongOthers();
  let lost = 0;
  service.faults.loseAnswer = (operation) => operation === 'CreateActivation' && lost++ === 0;
  const { id } = await service.activate();
  await service.sweepAfter(60_000);
  service.faults.foreignActivations = [];
  service.faults.sparsePages = 0;

  expect(await service.usable()).toEqual([id]);
});

test('a listing of nodes has those of the service, with their status', async () => {
  const service = await startAmongOthers();
  const node = await service.register(await service.activate());
  await node.ping();

  const { nodes } = await findNodes(service.ports, { limit: 100 });

  expect(nodes.map(({ record, live }) => [record.node?.id, live?.pingStatus])).toEqual([[node.id, 'Online']]);
});

test('a removal deregisters the node and nothing else', async () => {
  const service = await startAmongOthers();
  await service.register(await service.activate());
  service.clock.advance(2_000);

  expect(await service.remove()).toMatchObject({ complete: true });

  expect(changesOf(service)).toEqual(['DeregisterManagedInstance']);
});

test('a reconcile adopts, frees and deletes nothing of others', async () => {
  const service = await startAmongOthers();
  const node = await service.register(await service.activate());
  await service.sweepAfter(2_000);
  service.clock.advance(SILENT_MS);

  expect(await reconcile(service.ports)).toEqual([]);

  expect((await service.record())?.node?.id).toBe(node.id);
  expect(changesOf(service)).toEqual([]);
});

test('nodes that were silent for long are removed, and those of others are not', async () => {
  const service = await startAmongOthers();
  const node = await service.register(await service.activate());
  await node.ping();
  await service.sweepAfter(2_000);
  service.clock.advance(2 * DAY_MS);

  expect(await removeSilentNodes(service.ports, DAY_MS)).toBe(1);
  expect(changesOf(service)).toEqual(['DeregisterManagedInstance']);
});

test('events about nodes of others change nothing', async () => {
  const service = await startAmongOthers();
  const node = await service.register(await service.activate());
  await service.sweepAfter(2_000);
  const others = FOREIGN_NODES.flatMap(({ InstanceId }) => ManagedNodeId.safeParse(InstanceId).data ?? []);
  const before = await service.record();

  await nodesRegistered(service.ports, others);
  await nodesDeregistered(service.ports, others);

  expect(others).not.toEqual([]);
  expect(await service.record()).toEqual(before);
  expect(before?.node?.id).toBe(node.id);
});

test('a node that never pinged is not silent since the date that was never set', async () => {
  const service = await startAmongOthers();
  const { id: ActivationId } = await service.activate();
  const node = {
    InstanceId: 'mi-0eeeeeeeeeeeeeeee',
    ActivationId,
    RegistrationDate: service.clock.now().getTime() / 1000,
    LastPingDateTime: 0,
  };
  service.faults.foreignNodes = [{ ...node, PingStatus: 'Degraded' }];
  await service.sweepAfter(2_000);
  service.faults.foreignNodes = [{ ...node, PingStatus: 'ConnectionLost' }];

  expect(await removeSilentNodes(service.ports, DAY_MS)).toBe(0);

  expect((await service.record())?.node).toMatchObject({ id: node.InstanceId, seenOnline: false });
});

test('tags that AWS or JavaScript reserve are not taken over from the activation of an adopted node', async () => {
  const service = await startScenario();
  service.faults.foreignNodes = [
    {
      InstanceId: 'mi-0eeeeeeeeeeeeeeee',
      ActivationId: '47ec4069-20cc-4709-85a2-895ac895e2fd',
      Name: 'host-1',
      ResourceType: 'ManagedInstance',
    },
  ];
  const Tags = [
    { Key: '__proto__', Value: 'x' },
    { Key: 'aws:cloudformation:stack-name', Value: 'x' },
    { Key: 'Rack', Value: '7' },
    { Key: 'constructor' },
  ];
  service.faults.foreignActivations = [{ ActivationId: '47ec4069-20cc-4709-85a2-895ac895e2fd', Tags }];

  expect(await reconcile(service.ports)).toMatchObject([{ kind: 'adopted', name: 'host-1' }]);

  const tags = (await service.record())?.node?.tags ?? {};
  expect(Object.entries(tags).toSorted()).toEqual([
    ['Rack', '7'],
    ['constructor', ''],
  ]);
});
