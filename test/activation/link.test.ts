import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { link, watchedActivations } from '../../src/activation/link.ts';
import type { ManagedNode } from '../../src/activation/managed-node.ts';
import type { Principal } from '../../src/activation/principal.ts';
import {
  activationId,
  described,
  linked,
  NOW,
  nodeId,
  outstanding,
  PRINCIPAL,
  record,
  seconds,
  superseded,
} from './records.ts';

const RUNS = { numRuns: Number(process.env['RULE_RUNS'] ?? 500) };

test("a node that registered with the activation becomes the name's node, with the activation's tags", () => {
  const before = record({ activation: outstanding('a', { tags: { Role: 'web' } }), ended: undefined });

  const after = link(before, [described('a', 'burned')], NOW);

  expect(after).toMatchObject({
    activation: undefined,
    node: {
      id: nodeId('a'),
      activationId: activationId('a'),
      seenOnline: false,
      tags: { Role: 'web' },
      unappliedTags: [],
      linkedAt: NOW,
    },
  });
});

test('of the follow-up tags only those are to be applied that the activation did not carry alike', () => {
  const activation = outstanding('a', { tags: { Role: 'web', Stage: 'test' } });
  const changes = { Stage: 'prod', Role: 'web', Owner: '' };
  const before = record({ activation, followUps: { of: PRINCIPAL, changes } });

  const { node } = link(before, [described('a', 'burned')], NOW);

  expect(node?.tags).toEqual({ Role: 'web', Stage: 'prod', Owner: '' });
  expect(node?.unappliedTags.toSorted()).toEqual(['Owner', 'Stage']);
});

test("follow-up tags of one caller do not come upon another's node that shows up late", () => {
  const visitor: Principal = { proof: 'join-token', subject: 'visitors', mayRejoin: false };
  const before = record({
    activation: outstanding('b', { principal: visitor }),
    superseded: [superseded('a')],
    followUps: { of: visitor, changes: { Owner: 'visitor' } },
  });

  const after = link(before, [described('a', 'online')], NOW);

  expect(after.node).toMatchObject({ id: nodeId('a'), tags: {}, unappliedTags: [] });
});

test('a node of an activation that the name never had is ignored', () => {
  const before = record({ activation: outstanding('a') });

  expect(link(before, [described('b', 'online')], NOW).node).toBeUndefined();
});

test('a node that registered with an activation of a removed name never gets the name', () => {
  const before = record({ superseded: [superseded('a', { disowned: true })] });

  const after = link(before, [described('a', 'online')], NOW);

  expect(after.node).toBeUndefined();
  expect(after.replacedNodes).toEqual([nodeId('a')]);
});

test.each(['first', 'retry'] as const)(
  "an activation granted as a %s is revoked when the name's node is Online",
  (grant) => {
    const before = record({
      activation: outstanding('b', { grant }),
      node: linked('a', { seenOnline: false }),
    });

    const after = link(before, [described('a', 'online')], NOW);

    expect(after.activation).toBeUndefined();
    expect(after.superseded).toMatchObject([{ id: activationId('b'), deleted: false }]);
    expect(after.dueAt).toEqual(NOW);
  },
);

test.each(['rejoin', 'release'] as const)(
  "an activation granted by %s outlives the node's being Online",
  (grant) => {
    const replaces = nodeId('a');
    const before = record({ activation: outstanding('b', { grant, replaces }), node: linked('a') });

    expect(link(before, [described('a', 'online')], NOW).activation?.id).toBe(activationId('b'));
  },
);

test.each(['rejoin', 'release'] as const)(
  'an activation granted by %s is revoked when a node is Online that it was not to replace',
  (grant) => {
    const activation = outstanding('c', { grant, replaces: nodeId('a') });
    const before = record({ activation, superseded: [superseded('b')], node: linked('a') });

    const after = link(before, [described('b', 'online', { registeredAt: seconds(1) })], NOW);

    expect(after.node?.id).toBe(nodeId('b'));
    expect(after.activation).toBeUndefined();
  },
);

test('a release is of one node: the next has the name as if nothing had been released', () => {
  const before = record({ activation: outstanding('b'), node: linked('a'), released: true });

  const after = link(before, [described('b', 'burned', { registeredAt: seconds(1) })], NOW);

  expect(after.node?.id).toBe(nodeId('b'));
  expect(after.released).toBe(false);
});

test('once seen Online a node stays so, however silent it is', () => {
  const before = record({ node: linked('a', { seenOnline: true }) });

  expect(link(before, [described('a', 'burned')], NOW).node?.seenOnline).toBe(true);
});

test('the activations of a name are watched until their nodes have reported', () => {
  const watched = watchedActivations(
    record({
      activation: outstanding('a'),
      superseded: [superseded('b'), superseded('c', { disowned: true })],
      node: linked('d', { seenOnline: false }),
    }),
  );

  expect(watched.toSorted()).toEqual(['a', 'b', 'c', 'd'].map(activationId).toSorted());
  expect(watchedActivations(record({ node: linked('d', { seenOnline: true }) }))).toEqual([]);
});

const seeds = ['a', 'b', 'c', 'd', 'e'];
/** Nodes of a name that asked five times, in the order in which they are noticed, some of them at once. */
const arrivals = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 5, maxLength: 5 }),
    fc.shuffledSubarray(seeds, { minLength: 1 }),
    fc.integer({ min: 1, max: 5 }),
  )
  .map(([times, order, together]) => {
    const nodes = order.map((seed) =>
      described(seed, 'burned', { registeredAt: seconds(times[seeds.indexOf(seed)] ?? 0) }),
    );
    return { nodes, batches: [nodes.slice(0, together), nodes.slice(together)] };
  });
const asked = record({
  activation: outstanding('e', { grant: 'retry' }),
  superseded: ['a', 'b', 'c', 'd'].map((seed) => superseded(seed)),
});

test('the node registered last has the name, in whatever order they are noticed', () => {
  /** Of those registered at one moment, the one whose activation was issued last. */
  const lastOf = (nodes: readonly ManagedNode[]) =>
    nodes
      .toSorted((a, b) => issueOrder.indexOf(a.id) - issueOrder.indexOf(b.id))
      .toSorted((a, b) => a.registeredAt.getTime() - b.registeredAt.getTime())
      .at(-1)?.id;
  const issueOrder = seeds.map(nodeId);
  return fc.assert(
    fc.property(arrivals, ({ nodes, batches }) => {
      const inTurn = batches.reduce((current, batch) => link(current, batch, NOW), asked);
      const atOnce = link(asked, nodes, NOW);
      expect(inTurn.node?.id).toBe(lastOf(nodes));
      expect(inTurn.node?.id).toBe(atOnce.node?.id);
      expect(inTurn.replacedNodes.toSorted()).toEqual(atOnce.replacedNodes.toSorted());
    }),
    RUNS,
  );
});

test("every node but the name's is to be deregistered, once, however often it is noticed", () => {
  return fc.assert(
    fc.property(arrivals, ({ nodes, batches }) => {
      const after = [...batches, nodes, ...batches].reduce(
        (current, batch) => link(current, batch, NOW),
        asked,
      );
      const others = nodes.map(({ id }) => id).filter((id) => id !== after.node?.id);
      expect(after.replacedNodes.toSorted()).toEqual(others.toSorted());
    }),
    RUNS,
  );
});

test('a node already replaced and deregistered does not come back by a stale answer', () => {
  return fc.assert(
    fc.property(arrivals, ({ nodes }) => {
      const current = { ...link(asked, nodes, NOW), replacedNodes: [] };
      expect(link(current, nodes, NOW).node?.id).toBe(current.node?.id);
    }),
    RUNS,
  );
});
