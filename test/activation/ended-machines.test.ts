import { expect, test } from 'vitest';
import { instanceTerminated, removeSilentNodes } from '../../src/activation/ended-machines.ts';
import { InstanceName } from '../../src/activation/instance-name.ts';
import type { Principal } from '../../src/activation/principal.ts';
import { SILENT_MS, startScenario } from './scenario.ts';

const INSTANCE = 'i-0123456789abcdef0';
const ACCOUNT = '111122223333';
const NAME = InstanceName.parse(INSTANCE);
const EC2: Principal = {
  proof: 'instance-identity',
  subject: `${ACCOUNT}/${INSTANCE}`,
  madeAt: new Date('2026-11-21T09:59:00Z'),
  mayRejoin: false,
};
const DAY_MS = 24 * 60 * 60_000;

const startInstance = async (principal: Principal = EC2) => {
  const service = await startScenario();
  const node = await service.register(await service.activate({ name: NAME, principal }));
  await node.ping();
  await service.sweepAfter(2_000);
  return { service, node };
};

test('the node of an instance that was terminated is deregistered and its name is free', async () => {
  const { service, node } = await startInstance();

  await instanceTerminated(service.ports, { accountId: ACCOUNT, instanceId: INSTANCE });

  expect(await service.nodeIds()).toEqual([]);
  expect(service.events.at(-1)).toMatchObject({ kind: 'NodeRemoved', nodeId: node.id });
  await expect(service.activate({ name: NAME, principal: EC2 })).resolves.toMatchObject({ tags: {} });
});

test('an activation of an instance that was terminated before it registered is deleted', async () => {
  const service = await startScenario();
  await service.activate({ name: NAME, principal: EC2 });

  await instanceTerminated(service.ports, { accountId: ACCOUNT, instanceId: INSTANCE });

  expect(await service.usable()).toEqual([]);
});

test('an account cannot end the instances of another', async () => {
  const { service, node } = await startInstance();

  await instanceTerminated(service.ports, { accountId: '444455556666', instanceId: INSTANCE });

  expect(await service.nodeIds()).toEqual([node.id]);
});

test('a machine that no instance proved itself to be is not ended by an event of EC2', async () => {
  const { service, node } = await startInstance({ proof: 'network', subject: '10.0.0.7', mayRejoin: false });

  await instanceTerminated(service.ports, { accountId: ACCOUNT, instanceId: INSTANCE });

  expect(await service.nodeIds()).toEqual([node.id]);
});

test('an instance that never asked leaves no trace', async () => {
  const service = await startScenario();

  await instanceTerminated(service.ports, { accountId: ACCOUNT, instanceId: INSTANCE });

  expect(await service.ports.ledger.read(NAME)).toBeUndefined();
});

test('a node that was silent for longer than policy allows is deregistered', async () => {
  const { service } = await startInstance();
  service.clock.advance(31 * DAY_MS);

  const removed = await removeSilentNodes(service.ports, 30 * DAY_MS);

  expect(removed).toBe(1);
  expect(await service.nodeIds()).toEqual([]);
});

test('a node that was silent for less stays, and so does one that is none of this service', async () => {
  const { service, node } = await startInstance();
  service.clock.advance(SILENT_MS);

  expect(await removeSilentNodes(service.ports, 30 * DAY_MS)).toBe(0);

  expect(await service.nodeIds()).toEqual([node.id]);
});
