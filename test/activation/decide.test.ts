import { expect, test } from 'vitest';
import { type Decision, decide } from '../../src/activation/decide.ts';
import type { ManagedNode } from '../../src/activation/managed-node.ts';
import type { Principal } from '../../src/activation/principal.ts';
import type { NameRecord } from '../../src/activation/record.ts';
import {
  attempt,
  described,
  linked,
  NOW,
  newcomer,
  nodeId,
  outstanding,
  PRINCIPAL,
  reading,
  record,
  SETTLING_MS,
  seconds,
  superseded,
} from './records.ts';

const document = (madeAt: Date): Principal => ({
  proof: 'instance-identity',
  subject: 'i-0123456789abcdef0',
  madeAt,
  mayRejoin: false,
});
const token = (mayRejoin: boolean): Principal => ({ proof: 'join-token', subject: 'token-1', mayRejoin });

const node = linked('a');
const adopted = linked('a', { principal: { proof: 'adopted', subject: 'reconcile', mayRejoin: false } });
const burned = linked('a', { seenOnline: false });

interface Row {
  readonly state: string;
  readonly record: NameRecord | undefined;
  /** Absent: Systems Manager does not list the node. */
  readonly live?: ManagedNode;
  readonly principal?: Principal;
  readonly decision: Decision;
}

const issue = (grant: 'first' | 'retry'): Decision => ({ kind: 'issue', grant });
const replace = (grant: 'rejoin' | 'release'): Decision => ({ kind: 'issue', grant, replaces: node.id });
const taken: Decision = { kind: 'already-registered', node: node.id };

const rows: Row[] = [
  { state: 'never seen', record: undefined, decision: issue('first') },
  { state: 'expired', record: record({ ended: 'expired' }), decision: issue('first') },
  { state: 'revoked', record: record({ ended: 'revoked' }), decision: issue('first') },
  {
    state: 'deregistered by an operator',
    record: record({ ended: 'deregistered' }),
    decision: issue('first'),
  },
  {
    state: 'deregistered by hand',
    record: record({ node: linked('a', { linkedAt: seconds(-SETTLING_MS / 1000 - 1) }) }),
    decision: issue('first'),
  },
  {
    state: 'missing from SSM, linked too recently to be believed gone',
    record: record({ node: linked('a', { linkedAt: seconds(-SETTLING_MS / 1000) }) }),
    decision: taken,
  },
  {
    state: 'issued, not registered',
    record: record({ activation: outstanding('a') }),
    decision: issue('retry'),
  },
  {
    state: 'registered, never seen Online',
    record: record({ node: burned }),
    live: described('a', 'burned'),
    decision: issue('retry'),
  },
  {
    state: 'registered, Online since the sweep last looked',
    record: record({ node: burned }),
    live: described('a', 'online'),
    decision: taken,
  },
  {
    state: 'registered, reported and fell silent since the sweep last looked',
    record: record({ node: burned }),
    live: described('a', 'silent'),
    decision: taken,
  },
  {
    state: 'silent, the proof no fresher',
    record: record({ node }),
    live: described('a', 'silent'),
    decision: taken,
  },
  {
    state: 'silent, a later document',
    record: record({ node: linked('a', { principal: document(NOW) }) }),
    live: described('a', 'silent'),
    principal: document(seconds(1)),
    decision: replace('rejoin'),
  },
  {
    state: 'silent, the same document',
    record: record({ node: linked('a', { principal: document(NOW) }) }),
    live: described('a', 'silent'),
    principal: document(NOW),
    decision: taken,
  },
  {
    state: 'silent, a token that allows re-joining',
    record: record({ node: linked('a', { principal: token(false) }) }),
    live: described('a', 'silent'),
    principal: token(true),
    decision: replace('rejoin'),
  },
  {
    state: 'Online, a later document',
    record: record({ node: linked('a', { principal: document(NOW) }) }),
    live: described('a', 'online'),
    principal: document(seconds(1)),
    decision: taken,
  },
  {
    state: 'released',
    record: record({ node, released: true }),
    live: described('a', 'online'),
    decision: replace('release'),
  },
  {
    state: 'released, and the answer was lost',
    record: record({ node, activation: outstanding('b', { grant: 'release', replaces: node.id }) }),
    live: described('a', 'online'),
    decision: replace('release'),
  },
  {
    state: 'Online, its activation granted since the node before it was released',
    record: record({ node, activation: outstanding('b', { grant: 'release', replaces: nodeId('z') }) }),
    live: described('a', 'online'),
    decision: taken,
  },
  {
    state: 'held by another kind of proof',
    record: record({ node }),
    live: described('a', 'silent'),
    principal: token(true),
    decision: { kind: 'other-proof', node: node.id, holder: PRINCIPAL },
  },
  {
    state: 'of a node that reconciling took over, silent, any proof',
    record: record({ node: adopted }),
    live: described('a', 'silent'),
    decision: taken,
  },
  { state: 'Online', record: record({ node }), live: described('a', 'online'), decision: taken },
  {
    state: 'waiting for judgement on a node that has been Online',
    record: record({ newcomer: newcomer({ seenOnline: true }) }),
    decision: { kind: 'already-registered', node: nodeId('n') },
  },
  {
    state: 'waiting for judgement on a node that never reported, and on a later one that has been Online',
    record: record({
      activation: outstanding('b'),
      superseded: [superseded('n'), superseded('a')],
      newcomer: newcomer({ seenOnline: false }),
    }),
    live: described('a', 'silent'),
    decision: { kind: 'already-registered', node: nodeId('a') },
  },
  {
    state: 'waiting for judgement on a node that never reported, while one that it disowned is Online',
    record: record({
      superseded: [superseded('n'), superseded('a', { standing: 'disowned' })],
      newcomer: newcomer({ seenOnline: false }),
    }),
    live: described('a', 'online'),
    decision: issue('first'),
  },
  {
    state: 'waiting for judgement on a node that never reported',
    record: record({ newcomer: newcomer({ seenOnline: false }) }),
    decision: issue('first'),
  },
  {
    state: 'waiting for judgement on a node of another kind of proof',
    record: record({
      superseded: [superseded('n', { principal: token(false) })],
      newcomer: newcomer({ seenOnline: false }),
    }),
    decision: { kind: 'other-proof', node: nodeId('n'), holder: token(false) },
  },
  {
    state: 'released, and another node waits that has been Online',
    record: record({ node, released: true, newcomer: newcomer({ seenOnline: true }) }),
    live: described('a', 'silent'),
    decision: { kind: 'already-registered', node: nodeId('n') },
  },
  {
    state: 'being activated',
    record: record({ attempt: attempt() }),
    decision: { kind: 'in-progress', until: seconds(30) },
  },
  {
    state: 'being activated by a process that is taken for dead',
    record: record({ attempt: attempt({ leaseUntil: NOW }) }),
    decision: issue('first'),
  },
];

test.each(rows)('a name that is $state: $decision.kind $decision.grant', (row) => {
  const { live, principal = PRINCIPAL } = row;

  expect(decide(row.record, reading(live ? [live] : []), principal, NOW)).toEqual(row.decision);
});
