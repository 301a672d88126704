import { expect, test } from 'vitest';
import { AlreadyRegistered, NameHeldByOtherProof } from '../../src/activation/errors.ts';
import type { Principal } from '../../src/activation/principal.ts';
import { NETWORK, SILENT_MS, startScenario } from './scenario.ts';

test('a name that asks again before it registered gets another activation, and the first is deleted before', async () => {
  const service = await startScenario();
  const first = await service.activate();

  const second = await service.activate();

  expect(await service.usable()).toEqual([second.id]);
  await expect(service.register(first)).rejects.toMatchObject({ code: 'InvalidActivation' });
  const order = service.calls.map(({ operation }) => operation);
  expect(order.indexOf('DeleteActivation')).toBeGreaterThan(order.indexOf('CreateActivation'));
  expect(order.indexOf('DeleteActivation')).toBeLessThan(order.lastIndexOf('CreateActivation'));
});

test('a sweep maps the name to the node that registered', async () => {
  const service = await startScenario();
  const activation = await service.activate({ tags: { Role: 'web' } });
  const node = await service.register(activation);
  await node.ping();

  await service.sweepAfter(2_000);

  expect((await service.record())?.node).toMatchObject({ id: node.id, seenOnline: true, principal: NETWORK });
  expect((await service.record())?.dueAt).toBeUndefined();
  expect(service.events.map(({ kind, nodeId }) => [kind, nodeId])).toContainEqual(['NodeLinked', node.id]);
});

test('a name whose node turned up Online through the earlier activation is already registered', async () => {
  const service = await startScenario();
  const node = await service.register(await service.activate());
  await node.ping();

  const again = service.activate();

  await expect(again).rejects.toThrow(AlreadyRegistered);
  await expect(again).rejects.toThrow(node.id);
  expect(await service.usable()).toEqual([]);
  expect((await service.record())?.attempt).toBeUndefined();
});

test('a name whose node is silent is still registered for the same proof', async () => {
  const service = await startScenario();
  const node = await service.register(await service.activate());
  await node.ping();
  await service.sweepAfter(2_000);
  service.clock.advance(SILENT_MS);

  await expect(service.activate()).rejects.toThrow(AlreadyRegistered);
});

test('a burned activation is followed by another, and its node is deregistered once the new one is there', async () => {
  const service = await startScenario();
  const burned = await service.register(await service.activate());
  await service.sweepAfter(2_000);
  expect((await service.record())?.node).toMatchObject({ id: burned.id, seenOnline: false });

  const second = await service.activate();
  await service.sweepAfter(2_000);
  expect(await service.nodeIds()).toEqual([burned.id]);
  const alive = await service.register(second);
  await alive.ping();
  await service.sweepAfter(10_000);

  expect(await service.nodeIds()).toEqual([alive.id]);
  expect((await service.record())?.node?.id).toBe(alive.id);
  expect(service.events.map(({ kind, nodeId }) => [kind, nodeId])).toContainEqual([
    'NodeReplaced',
    burned.id,
  ]);
});

test('a node that reports only after the name asked again gets the name, and the second activation is revoked', async () => {
  const service = await startScenario();
  const late = await service.register(await service.activate());
  const second = await service.activate();

  await late.ping();
  await service.sweepAfter(10_000);

  expect((await service.record())?.node).toMatchObject({ id: late.id, seenOnline: true });
  await service.sweepAfter(10_000);
  expect(await service.usable()).toEqual([]);
  await expect(service.register(second)).rejects.toMatchObject({ code: 'InvalidActivation' });
  expect(service.events.map(({ kind, activationId }) => [kind, activationId])).toContainEqual([
    'ActivationRevoked',
    second.id,
  ]);
});

test('a machine rebuilt under a later document gets in while its old node is silent, not while it is Online', async () => {
  const service = await startScenario();
  const proven = (madeAt: string): Principal => ({
    proof: 'instance-identity',
    subject: 'i-1',
    mayRejoin: false,
    madeAt: new Date(madeAt),
  });
  const old = await service.register(await service.activate({ principal: proven('2026-11-01T00:00:00Z') }));
  await old.ping();
  await service.sweepAfter(2_000);
  const rebuilt = { principal: proven('2026-11-21T00:00:00Z') };
  await expect(service.activate(rebuilt)).rejects.toThrow(AlreadyRegistered);
  service.clock.advance(SILENT_MS);

  const replacement = await service.register(await service.activate(rebuilt));
  await replacement.ping();
  await service.sweepAfter(10_000);

  expect(await service.nodeIds()).toEqual([replacement.id]);
});

test('another kind of proof does not get the name of a node', async () => {
  const service = await startScenario();
  await service.register(await service.activate());
  await service.sweepAfter(2_000);

  const other = service.activate({ principal: { proof: 'oidc', subject: 'x', mayRejoin: true } });

  await expect(other).rejects.toThrow(NameHeldByOtherProof);
});

test('a name whose node was deregistered by hand is free once SSM has had time to forget it', async () => {
  const service = await startScenario();
  const node = await service.register(await service.activate());
  await node.ping();
  await service.sweepAfter(2_000);
  await service.ports
    .systemsManager()
    .deregister((await service.record())?.node?.id ?? expect.fail('no node'));
  await expect(service.activate()).rejects.toThrow(AlreadyRegistered);

  service.clock.advance(5 * 60_000 + 1);

  await expect(service.activate()).resolves.toBeDefined();
});
