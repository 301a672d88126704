import * as fc from 'fast-check';
import { test } from 'vitest';
import { type Decision, decide } from '../../src/activation/decide.ts';
import type { ManagedNode } from '../../src/activation/managed-node.ts';
import { isFresherThan, isSameKind, type Principal, ProofKind } from '../../src/activation/principal.ts';
import type { NameRecord } from '../../src/activation/record.ts';
import { attempt, described, linked, NOW, nodeId, outstanding, reading, record, seconds } from './records.ts';

type LiveNode = ManagedNode | 'missing';
const RUNS = { numRuns: Number(process.env['RULE_RUNS'] ?? 500) };

const principals = fc.record({
  proof: fc.constantFrom(...ProofKind.options.filter((kind) => kind !== 'adopted')),
  subject: fc.constantFrom('a', 'b'),
  madeAt: fc.option(fc.constantFrom(seconds(-10), NOW, seconds(10)), { nil: undefined }),
  mayRejoin: fc.boolean(),
});
const nodes = fc
  .record({
    principal: principals,
    seenOnline: fc.boolean(),
    linkedAt: fc.constantFrom(seconds(-1), seconds(-299), seconds(-301)),
  })
  .map((changes) => linked('a', changes));
const records = fc
  .record({
    node: fc.option(nodes, { nil: undefined }),
    released: fc.boolean(),
    activation: fc.option(
      fc
        .tuple(
          fc.constantFrom('first', 'retry', 'rejoin', 'release'),
          fc.constantFrom(undefined, nodeId('a'), nodeId('z')),
        )
        .map(([grant, replaces]) => outstanding('b', { grant, replaces })),
      { nil: undefined },
    ),
    attempt: fc.option(
      fc.constantFrom(seconds(-1), seconds(1)).map((leaseUntil) => attempt({ leaseUntil })),
      { nil: undefined },
    ),
  })
  .map(record);
const lives = fc.constantFrom<LiveNode>(
  'missing',
  described('a', 'burned'),
  described('a', 'silent'),
  described('a', 'online'),
);
const check = (holds: (situation: Situation, decision: Decision) => boolean): void =>
  void fc.assert(
    fc.property(records, lives, principals, (named, live, principal) =>
      holds(
        { named, live, principal },
        decide(named, reading(live === 'missing' ? [] : [live]), principal, NOW),
      ),
    ),
    RUNS,
  );
interface Situation {
  readonly named: NameRecord;
  readonly live: LiveNode;
  readonly principal: Principal;
}
const wasReleased = ({ named: { node, released, activation } }: Situation) =>
  released || (activation?.grant === 'release' && activation.replaces === node?.id);

test('a node that is Online keeps its name unless an operator released it', () => {
  check((situation, decision) => {
    const { named, live } = situation;
    const online = named.node && live !== 'missing' && live.pingStatus === 'Online';
    return !online || wasReleased(situation) || decision.kind !== 'issue';
  });
});

test('a node that was seen Online keeps its name unless it is gone, released, or silent before a fresher proof', () => {
  check((situation, decision) => {
    const { named, live, principal } = situation;
    if (!named.node?.seenOnline || decision.kind !== 'issue') return true;
    if (live === 'missing') return wasReleased(situation) || named.node.linkedAt < seconds(-300);
    return wasReleased(situation) || isFresherThan(principal, named.node.principal);
  });
});

test('another kind of proof never gets the name of a node that is there', () => {
  check(({ named, live, principal }, decision) => {
    const held = named.node && live !== 'missing' && !isSameKind(named.node.principal, principal);
    return !held || decision.kind !== 'issue';
  });
});

test('an attempt under way lets nobody else in', () => {
  check(
    ({ named }, decision) =>
      !(named.attempt && named.attempt.leaseUntil > NOW) || decision.kind === 'in-progress',
  );
});

test('a name without a node is always issued once no attempt is under way', () => {
  check(({ named }, decision) => {
    const busy = named.attempt && named.attempt.leaseUntil > NOW;
    return Boolean(busy || named.node) || decision.kind === 'issue';
  });
});
