import { DeregisterManagedInstanceCommand } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { ManagedNodeId } from '../../src/activation/identifiers.ts';
import { nodesDeregistered, nodesRegistered } from '../../src/activation/node-events.ts';
import { type Scenario, startScenario } from './scenario.ts';

const lookups = ({ calls }: Scenario) =>
  calls.filter(({ operation }) => operation === 'DescribeInstanceInformation').length;

test('a node that registered is linked and tagged at its event, without waiting for the sweep', async () => {
  const service = await startScenario();
  const activation = await service.activate();
  await service.tag({ Role: 'web' });
  const { id } = await service.register(activation);

  await nodesRegistered(service.ports, [ManagedNodeId.parse(id)]);

  expect((await service.record())?.node?.id).toBe(id);
  expect(await service.tagsOf(id)).toEqual({ Role: 'web' });
});

test('an event that comes twice changes nothing the second time', async () => {
  const service = await startScenario();
  const { id } = await service.register(await service.activate());
  const node = ManagedNodeId.parse(id);
  await nodesRegistered(service.ports, [node, node]);
  const events = service.events.length;

  await nodesRegistered(service.ports, [node]);

  expect((await service.record())?.node?.id).toBe(id);
  expect(service.events).toHaveLength(events);
});

test('an event of a node that is none of this service is passed over', async () => {
  const service = await startScenario();

  await nodesRegistered(service.ports, [ManagedNodeId.parse('mi-0123456789abcdef0')]);

  expect(service.events).toEqual([]);
});

test('many events cost one lookup', async () => {
  const service = await startScenario();
  const nodes = Array.from({ length: 40 }, (_, index) =>
    ManagedNodeId.parse(`mi-${String(index).padStart(17, '0')}`),
  );

  await nodesRegistered(service.ports, nodes);

  expect(lookups(service)).toBe(1);
});

test('an event of one node does not make the name forget what it is still watched for', async () => {
  const service = await startScenario();
  await service.activate();
  const { id } = await service.register(await service.activate());
  service.clock.advance(6 * 60_000);

  await nodesRegistered(service.ports, [ManagedNodeId.parse(id)]);

  expect((await service.record())?.superseded).toHaveLength(1);
});

test('a name is free once its node was deregistered by hand', async () => {
  const service = await startScenario();
  const node = await service.register(await service.activate());
  await node.ping();
  await service.sweepAfter(2_000);
  service.clock.advance(2_000);
  await service.ssm.send(new DeregisterManagedInstanceCommand({ InstanceId: node.id }));

  await nodesDeregistered(service.ports, [ManagedNodeId.parse(node.id)]);

  expect(await service.record()).toMatchObject({ ended: 'deregistered' });
  expect(service.events.at(-1)).toMatchObject({ kind: 'NodeGone', nodeId: node.id });
  await expect(service.activate()).resolves.toMatchObject({ tags: {} });
});

test('an event that says a node is gone is not believed while Systems Manager lists it', async () => {
  const service = await startScenario();
  const node = await service.register(await service.activate());
  await service.sweepAfter(2_000);

  await nodesDeregistered(service.ports, [ManagedNodeId.parse(node.id)]);

  expect((await service.record())?.node?.id).toBe(node.id);
});

test('a node linked so lately that reads may miss it is not believed gone until the sweep has asked again', async () => {
  const service = await startScenario();
  const node = await service.register(await service.activate());
  await node.ping();
  await service.sweepAfter(2_000);
  await service.ssm.send(new DeregisterManagedInstanceCommand({ InstanceId: node.id }));

  await nodesDeregistered(service.ports, [ManagedNodeId.parse(node.id)]);
  expect((await service.record())?.node?.id).toBe(node.id);
  await service.sweepAfter(4_000);

  expect(await service.record()).toMatchObject({ ended: 'deregistered' });
  expect((await service.record())?.dueAt).toBeUndefined();
});

test('of no nodes nothing is asked, registered or gone', async () => {
  const service = await startScenario();
  await service.register(await service.activate());
  const calls = service.calls.length;

  await nodesRegistered(service.ports, []);
  await nodesDeregistered(service.ports, []);

  expect(service.calls.length).toBe(calls);
  expect((await service.record())?.node).toBeUndefined();
});
