import { DeregisterManagedInstanceCommand } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { AlreadyRegistered } from '../../src/activation/errors.ts';
import { InstanceName } from '../../src/activation/instance-name.ts';
import { reconcile } from '../../src/activation/reconcile.ts';
import { activationByHand, NETWORK, type Scenario, SILENT_MS, startScenario } from './scenario.ts';

const run = (service: Scenario) => reconcile(service.ports);

test('a node registered by hand is adopted under its name, with the tags of its activation', async () => {
  const service = await startScenario();
  const node = await service.register(await activationByHand(service, 'host-1'));
  await node.ping();

  const differences = await run(service);

  expect(differences).toMatchObject([{ kind: 'adopted', name: 'host-1' }]);
  expect((await service.record())?.node).toMatchObject({
    id: node.id,
    seenOnline: true,
    tags: { Rack: '7' },
  });
  await expect(service.activate()).rejects.toThrow(AlreadyRegistered);
});

test('an adopted machine that was rebuilt gets in by a proof made later, once its node is silent', async () => {
  const service = await startScenario();
  const node = await service.register(await activationByHand(service, 'host-1'));
  await node.ping();
  await run(service);
  service.clock.advance(SILENT_MS);
  const rebuilt = { ...NETWORK, proof: 'join-token', subject: 't', madeAt: service.clock.now() } as const;

  await expect(service.activate({ principal: rebuilt })).resolves.toMatchObject({ tags: {} });
});

test('a ledger from a backup learns in one run of the node that took the place of the one it knows', async () => {
  const service = await startScenario();
  const earlier = await service.register(await activationByHand(service, 'host-1'));
  await run(service);
  await service.ssm.send(new DeregisterManagedInstanceCommand({ InstanceId: earlier.id }));
  const later = await service.register(await activationByHand(service, 'host-1'));
  service.clock.advance(SILENT_MS);

  const differences = await run(service);

  expect(differences).toMatchObject([
    { kind: 'gone', name: 'host-1' },
    { kind: 'adopted', name: 'host-1' },
  ]);
  expect((await service.record())?.node?.id).toBe(later.id);
  expect(await run(service)).toEqual([]);
});

test('a second run finds nothing more', async () => {
  const service = await startScenario();
  await service.register(await activationByHand(service, 'host-1'));
  await service.activate({ name: InstanceName.parse('host-2') });
  await run(service);

  expect(await run(service)).toEqual([]);
});

test('of two nodes of one name the one registered last is adopted, and the other is shown', async () => {
  const service = await startScenario();
  const earlier = await service.register(await activationByHand(service, 'host-1'));
  service.clock.advance(60_000);
  const later = await service.register(await activationByHand(service, 'host-1'));

  const differences = await run(service);

  expect((await service.record())?.node?.id).toBe(later.id);
  expect(differences.map(({ kind }) => kind)).toEqual(['adopted', 'conflict']);
  expect(differences[1]?.detail).toContain(earlier.id);
  expect(await service.nodeIds()).toContain(earlier.id);
});

test('a node without a name is shown', async () => {
  const service = await startScenario();
  const node = await service.register(await activationByHand(service, ''));

  expect(await run(service)).toMatchObject([{ kind: 'unnamed', name: node.id }]);
});

test('a name whose node is gone is freed', async () => {
  const service = await startScenario();
  const node = await service.register(await service.activate());
  await service.sweepAfter(2_000);
  await service.ssm.send(new DeregisterManagedInstanceCommand({ InstanceId: node.id }));
  service.clock.advance(6 * 60_000);

  expect(await run(service)).toMatchObject([{ kind: 'gone', name: 'host-1' }]);
  expect(await service.record()).toMatchObject({ ended: 'deregistered' });
});

test('an activation of this service that a lost ledger does not know is deleted; one made by hand is left', async () => {
  const service = await startScenario();
  const lost = await startScenario();
  const handmade = await activationByHand(service, 'host-1');
  await service.activate();
  const ports = { ...service.ports, ledger: lost.ports.ledger };

  const differences = await reconcile(ports);

  expect(differences).toMatchObject([{ kind: 'orphan-deleted', name: 'host-1' }]);
  expect(await service.usable()).toEqual([handmade.id]);
});

test('an activation that a name waits for is left alone', async () => {
  const service = await startScenario();
  const { id } = await service.activate();

  expect(await run(service)).toEqual([]);
  expect(await service.usable()).toEqual([id]);
});
