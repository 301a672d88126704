import { expect, test } from 'vitest';
import { judge, type Source, type Verdict } from '../../src/activation/judge.ts';
import type { ManagedNode } from '../../src/activation/managed-node.ts';
import type { NameRecord } from '../../src/activation/record.ts';
import {
  described,
  linked,
  NOW,
  nodeId,
  outstanding,
  reading,
  record,
  SETTLING_MS,
  seconds,
  superseded,
} from './records.ts';

/** Node `b` registered, so many seconds ago, with the activation of its seed. */
const OLD = SETTLING_MS / 1000 + 1;
const newcomer = (age: number): ManagedNode => described('b', 'online', { registeredAt: seconds(-age, NOW) });
const rejoin = outstanding('b', { grant: 'rejoin', replaces: nodeId('a') });
const release = outstanding('b', { grant: 'release', replaces: nodeId('a') });
const retry = outstanding('b', { grant: 'retry' });
const burned = linked('a', { seenOnline: false });

interface Row {
  readonly situation: string;
  readonly record: NameRecord;
  readonly source?: Source;
  readonly age: number;
  /** Other nodes that the reading shows. */
  readonly shown?: readonly ManagedNode[];
  /** Seeds of the activations that the reading asked about. */
  readonly asked?: string;
  readonly verdict: Verdict;
}

const rows: Row[] = [
  {
    situation: 'the only one of its name, a moment old',
    record: record({ activation: retry }),
    age: 1,
    asked: 'b',
    verdict: 'link',
  },
  {
    situation: 'young, and an earlier activation may have registered a node that is not shown',
    record: record({ activation: retry, superseded: [superseded('c')] }),
    age: 1,
    verdict: 'wait',
  },
  {
    situation: 'young, and the only other activation is decided on',
    record: record({ activation: retry, superseded: [superseded('c', { standing: 'decided' })] }),
    age: 1,
    verdict: 'link',
  },
  {
    situation: 'old, and all activations were asked about',
    record: record({ activation: retry, superseded: [superseded('c')] }),
    age: OLD,
    verdict: 'link',
  },
  {
    situation: 'old, and an earlier activation was not asked about',
    record: record({ activation: retry, superseded: [superseded('c')] }),
    age: OLD,
    asked: 'b',
    verdict: 'wait',
  },
  {
    situation: 'of an activation that was out when an operator removed the name',
    record: record({ superseded: [superseded('b', { standing: 'disowned' })] }),
    source: superseded('b', { standing: 'disowned' }),
    age: 1,
    verdict: 'disown',
  },
  {
    situation: 'in place of a burned one, young',
    record: record({ activation: retry, node: burned }),
    shown: [described('a', 'burned')],
    age: 1,
    verdict: 'wait',
  },
  {
    situation: 'in place of a burned one, old',
    record: record({ activation: retry, node: burned }),
    shown: [described('a', 'burned')],
    age: OLD,
    verdict: 'link',
  },
  {
    situation: 'in place of one that is Online by now',
    record: record({ activation: retry, node: burned }),
    shown: [described('a', 'online')],
    age: OLD,
    verdict: 'disown',
  },
  {
    situation: 'in place of one that has been Online, as a burned one',
    record: record({ activation: retry, node: linked('a') }),
    shown: [described('a', 'silent')],
    age: OLD,
    verdict: 'disown',
  },
  {
    situation: 'joining again, the old node silent, young',
    record: record({ activation: rejoin, node: linked('a') }),
    source: rejoin,
    shown: [described('a', 'silent')],
    age: 1,
    verdict: 'wait',
  },
  {
    situation: 'joining again, the old node silent, old',
    record: record({ activation: rejoin, node: linked('a') }),
    source: rejoin,
    shown: [described('a', 'silent')],
    age: OLD,
    verdict: 'link',
  },
  {
    situation: 'joining again, the old node not asked about',
    record: record({ activation: rejoin, node: linked('a') }),
    source: rejoin,
    asked: 'b',
    age: OLD,
    verdict: 'wait',
  },
  {
    situation: 'joining again, the old node back Online',
    record: record({ activation: rejoin, node: linked('a') }),
    source: rejoin,
    shown: [described('a', 'online')],
    age: OLD,
    verdict: 'disown',
  },
  {
    situation: 'joining again, stripped since the old node came back',
    record: record({ superseded: [superseded('b', { standing: 'stripped' })], node: linked('a') }),
    source: superseded('b', { grant: 'rejoin', replaces: nodeId('a'), standing: 'stripped' }),
    shown: [described('a', 'silent')],
    age: OLD,
    verdict: 'disown',
  },
  {
    situation: 'joining again in place of another node than the linked one',
    record: record({ node: linked('a') }),
    source: outstanding('b', { grant: 'rejoin', replaces: nodeId('z') }),
    shown: [described('a', 'silent')],
    age: OLD,
    verdict: 'disown',
  },
  {
    situation: 'released, young: another may have come before it and be Online, unseen',
    record: record({ activation: release, node: linked('a') }),
    source: release,
    shown: [described('a', 'online')],
    age: 1,
    verdict: 'wait',
  },
  {
    situation: 'released, old, the released node Online',
    record: record({ activation: release, node: linked('a') }),
    source: release,
    shown: [described('a', 'online')],
    age: OLD,
    verdict: 'link',
  },
];

test.each(rows)('a newcomer $situation: $verdict', (row) => {
  const { source = retry, shown = [], asked, age } = row;
  const node = newcomer(age);

  const verdict = judge(row.record, node, source, reading([...shown, node], asked));

  expect(verdict).toBe(row.verdict);
});

test('registered at the very end of what a reading is sure to show, a newcomer waits once more', () => {
  const before = record({ activation: retry, superseded: [superseded('c')] });
  const node = newcomer(SETTLING_MS / 1000);

  expect(judge(before, node, retry, reading([node]))).toBe('wait');
});
