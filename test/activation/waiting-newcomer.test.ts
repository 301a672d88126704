import { expect, test } from 'vitest';
import { recordOf } from '../../src/activation/find-nodes.ts';
import { ManagedNodeId } from '../../src/activation/identifiers.ts';
import { issued } from '../../src/activation/issue.ts';
import { link, withoutNode } from '../../src/activation/link.ts';
import { nodesRegistered } from '../../src/activation/node-events.ts';
import { reconcile } from '../../src/activation/reconcile.ts';
import {
  activationId,
  attempt,
  described,
  linked,
  NOW,
  nodeId,
  reading,
  record,
  seconds,
  superseded,
} from './records.ts';
import { activationByHand, type Scenario, startScenario } from './scenario.ts';

/** An event tells of a registration at once, before any sweep. */
const hear = ({ ports }: Scenario, { id }: { readonly id: string }) =>
  nodesRegistered(ports, [ManagedNodeId.parse(id)]);

/** Two activations were asked for; a machine registered with the second, and is not judged yet. */
const startWaiting = async () => {
  const service = await startScenario();
  await service.activate();
  const node = await service.register(await service.activate());
  await node.ping();
  await hear(service, node);
  return { service, node };
};

test('a machine that waits to be judged is told to operators, and gets the name once it is old enough', async () => {
  const { service, node } = await startWaiting();
  const waiting = await service.record();

  await service.sweepAfter(2_000);

  expect(waiting).toMatchObject({ newcomer: { id: node.id, seenOnline: true } });
  expect(waiting?.node).toBeUndefined();
  const linkedNow = await service.record();
  expect(linkedNow?.node?.id).toBe(node.id);
  expect(linkedNow?.newcomer).toBeUndefined();
  const kinds = service.events.map(({ kind }) => kind);
  expect(kinds.indexOf('NodeSettling')).toBeLessThan(kinds.indexOf('NodeLinked'));
});

test('tags that it is given meanwhile are kept, and on it once it is linked', async () => {
  const { service, node } = await startWaiting();

  const outcome = await service.tag({ Role: 'web' });
  await service.sweepAfter(2_000);

  expect(outcome).toMatchObject({ kind: 'pending', tags: { Role: 'web' } });
  expect(await service.tagsOf(node.id)).toEqual({ Role: 'web' });
});

test('an operator who removes the name removes it too, though no node was linked', async () => {
  const { service } = await startWaiting();

  await service.remove();
  await service.sweepAfter(5_000);

  expect(await service.nodeIds()).toEqual([]);
  const removed = await service.record();
  expect([removed?.node, removed?.newcomer]).toEqual([undefined, undefined]);
});

test('after a removal the next machine is linked at once: what was out before never gets the name', async () => {
  const { service } = await startWaiting();
  await service.remove();

  const next = await service.register(await service.activate());
  await hear(service, next);

  expect((await service.record())?.node?.id).toBe(next.id);
});

test('it is found by the id of its node', async () => {
  const { service, node } = await startWaiting();

  expect((await recordOf(service.ports, node.id))?.newcomer?.id).toBe(node.id);
});

test('an operator cannot release a name while it is not decided which node has it', async () => {
  const { service } = await startWaiting();

  await expect(service.release()).rejects.toMatchObject({ code: 'ActivationInProgress' });
});

test('reconciling adopts no other node of its name', async () => {
  const { service, node } = await startWaiting();
  const byHand = await service.register(await activationByHand(service));
  await byHand.ping();

  const differences = await reconcile(service.ports);

  expect(differences).toMatchObject([{ kind: 'conflict', name: 'host-1' }]);
  const after = await service.record();
  expect(after?.newcomer?.id).toBe(node.id);
  expect(after?.node).toBeUndefined();
});

test('a node that was found gone is not linked again by a slower reader with an older answer', () => {
  const before = record({ superseded: [superseded('a')], node: linked('a') });

  const after = link(withoutNode(before), reading([described('a', 'online')]), NOW);

  expect(after.node).toBeUndefined();
});

test('a release that comes while a machine joins again is not used up by that', () => {
  const joining = attempt({ grant: 'rejoin', replaces: nodeId('a') });
  const before = record({ attempt: joining, node: linked('a'), released: true });
  const minted = { id: activationId('b'), expiresAt: seconds(3600), strayPossible: false };

  expect(issued(before, joining, minted, NOW).released).toBe(true);
  expect(issued(before, { ...joining, grant: 'release' }, minted, NOW).released).toBe(false);
});
