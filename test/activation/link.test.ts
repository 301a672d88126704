import { expect, test } from 'vitest';
import { link, watchedActivations } from '../../src/activation/link.ts';
import type { Principal } from '../../src/activation/principal.ts';
import type { Reading } from '../../src/activation/reading.ts';
import {
  activationId,
  described,
  linked,
  NOW,
  newcomer,
  nodeId,
  outstanding,
  PRINCIPAL,
  reading,
  record,
  seconds,
  superseded,
} from './records.ts';

/** The same answer, given so many seconds later. */
const later = (one: Reading, bySeconds: number): Reading => ({
  ...one,
  takenAt: seconds(bySeconds, one.takenAt),
  settledUntil: seconds(bySeconds, one.settledUntil),
});

test("a node that registered with the activation becomes the name's node, with the activation's tags", () => {
  const before = record({ activation: outstanding('a', { tags: { Role: 'web' } }), ended: undefined });

  const after = link(before, reading([described('a', 'burned')]), NOW);

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

  const { node } = link(before, reading([described('a', 'burned')]), NOW);

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

  const after = link(before, reading([described('a', 'online')]), NOW);

  expect(after.node).toMatchObject({ id: nodeId('a'), tags: {}, unappliedTags: [] });
});

test('a node of an activation that the name never had is ignored', () => {
  const before = record({ activation: outstanding('a') });

  expect(link(before, reading([described('b', 'online')]), NOW).node).toBeUndefined();
});

test('a node that registered with an activation of a removed name never gets the name', () => {
  const before = record({ superseded: [superseded('a', { standing: 'disowned' })] });

  const after = link(before, reading([described('a', 'online')]), NOW);

  expect(after.node).toBeUndefined();
  expect(after.superseded).toMatchObject([{ standing: 'decided' }]);
  expect(after.replacedNodes).toEqual([{ id: nodeId('a'), registeredAt: seconds(-3600) }]);
});

test.each(['first', 'retry'] as const)(
  "an activation granted as a %s is revoked when the name's node is Online",
  (grant) => {
    const before = record({
      activation: outstanding('b', { grant }),
      node: linked('a', { seenOnline: false }),
    });

    const after = link(before, reading([described('a', 'online')]), NOW);

    expect(after.activation).toBeUndefined();
    expect(after.superseded).toMatchObject([{ id: activationId('b'), deleted: false, standing: 'stands' }]);
    expect(after.dueAt).toEqual(NOW);
  },
);

test('an activation for joining again is stripped of its right when the node that it was to replace is back', () => {
  const activation = outstanding('b', { grant: 'rejoin', replaces: nodeId('a') });
  const before = record({ activation, node: linked('a') });

  const after = link(before, reading([described('a', 'online')]), NOW);

  expect(after.activation).toBeUndefined();
  expect(after.superseded).toMatchObject([{ id: activationId('b'), deleted: false, standing: 'stripped' }]);
});

test('an activation for joining again stands while the node that it is to replace is silent', () => {
  const activation = outstanding('b', { grant: 'rejoin', replaces: nodeId('a') });
  const before = record({ activation, node: linked('a') });

  expect(link(before, reading([described('a', 'silent')]), NOW).activation?.id).toBe(activationId('b'));
});

test("an activation of a released name outlives its node's being Online", () => {
  const activation = outstanding('b', { grant: 'release', replaces: nodeId('a') });
  const before = record({ activation, node: linked('a') });

  expect(link(before, reading([described('a', 'online')]), NOW).activation?.id).toBe(activationId('b'));
});

test.each(['rejoin', 'release'] as const)(
  'an activation granted by %s is revoked when a node is Online that it was not to replace',
  (grant) => {
    const activation = outstanding('c', { grant, replaces: nodeId('z') });
    const before = record({ activation, node: linked('a', { seenOnline: false }) });

    const after = link(before, reading([described('a', 'online')]), NOW);

    expect(after.activation).toBeUndefined();
  },
);

test('a release is of one node: the next has the name as if nothing had been released', () => {
  const activation = outstanding('b', { grant: 'release', replaces: nodeId('a') });
  const before = record({ activation, node: linked('a'), released: true });
  const newcomer = described('b', 'burned', { registeredAt: seconds(-301) });

  const after = link(before, reading([described('a', 'online'), newcomer]), NOW);

  expect(after.node?.id).toBe(nodeId('b'));
  expect(after.released).toBe(false);
});

test('once seen Online a node stays so, however silent it is', () => {
  const before = record({ node: linked('a', { seenOnline: true }) });

  expect(link(before, reading([described('a', 'burned')]), NOW).node?.seenOnline).toBe(true);
});

test('follow-up tags are for the node that waits to be judged, and are its own once it is linked', () => {
  const before = record({
    superseded: [superseded('a'), superseded('b')],
    followUps: { of: PRINCIPAL, changes: { Owner: 'x' } },
  });
  const young = described('b', 'online', { registeredAt: seconds(-10) });

  const waiting = link(before, reading([young]), NOW);
  const after = link(waiting, later(reading([young]), 300), seconds(300));

  expect(waiting.followUps?.changes).toEqual({ Owner: 'x' });
  expect(after).toMatchObject({
    followUps: undefined,
    node: { tags: { Owner: 'x' }, unappliedTags: ['Owner'] },
  });
});

test('the activations of a name are watched until their nodes have reported, with that of the linked node', () => {
  const watched = watchedActivations(
    record({
      activation: outstanding('a'),
      superseded: [superseded('b'), superseded('c', { standing: 'disowned' })],
      node: linked('d'),
    }),
  );

  expect(watched.toSorted()).toEqual(['a', 'b', 'c', 'd'].map(activationId).toSorted());
});

test('a name that waits for nothing is not watched', () => {
  expect(watchedActivations(record({ node: linked('d') }))).toEqual([]);
});

test('a node that reads do not show for a while goes on waiting, and is given up once it must be shown', () => {
  const before = record({
    superseded: [superseded('a'), superseded('n')],
    newcomer: newcomer({ registeredAt: seconds(-10), settlesAt: seconds(290) }),
  });

  expect(link(before, reading([], 'an'), NOW).newcomer).toBeDefined();
  expect(link(before, later(reading([], 'an'), 291), seconds(291)).newcomer).toBeUndefined();
});

test('of two that wait the one that registered first is told, and a ping once seen is not forgotten', () => {
  const before = record({ superseded: ['a', 'b', 'c'].map((seed) => superseded(seed)) });
  const [early, late] = [
    described('a', 'online', { registeredAt: seconds(-20) }),
    described('b', 'online', { registeredAt: seconds(-10) }),
  ];

  const waiting = link(before, reading([late, early]), NOW);
  const missed = described('a', 'burned', { registeredAt: seconds(-20) });
  const after = link(waiting, reading([missed]), NOW);

  expect(waiting.newcomer).toMatchObject({ id: nodeId('a'), settlesAt: seconds(280) });
  expect(after.newcomer).toMatchObject({ id: nodeId('a'), seenOnline: true });
});
