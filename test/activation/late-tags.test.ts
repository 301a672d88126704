import { expect, test } from 'vitest';
import { TagsRefused } from '../../src/activation/errors.ts';
import { LATE_MS } from '../../src/activation/late-calls.ts';
import { expectLate, expectUnderWay, setLateAgain } from '../../src/activation/late-tags.ts';
import { settle, type WorkDone } from '../../src/activation/outstanding-work.ts';
import type { LinkedNode } from '../../src/activation/record.ts';
import { AwsError } from '../../src/local/aws/errors.ts';
import { linked, NOW, nodeId, record, seconds } from './records.ts';
import { startScenario } from './scenario.ts';

const later = (milliseconds: number) => new Date(NOW.getTime() + milliseconds);
const named = (changes: Partial<LinkedNode>) => record({ node: linked('a', changes) });

test('keys of which a value may come late are set once more, when none can come any longer', () => {
  const node = expectLate(linked('a', { tags: { k: 'new' } }), ['k'], NOW);

  expect(setLateAgain(record({ node }), later(LATE_MS - 1)).node).toBe(node);
  expect(setLateAgain(record({ node }), later(LATE_MS)).node).toMatchObject({
    unappliedTags: ['k'],
    lateTags: undefined,
  });
});

test('each key waits for its own last call, however often others are sent', () => {
  const node = expectLate(expectLate(linked('a'), ['k', 'l'], NOW), ['l'], seconds(60));

  const after = setLateAgain(record({ node }), later(LATE_MS)).node;

  expect(after?.unappliedTags).toEqual(['k']);
  expect(Object.keys(after?.lateTags ?? {})).toEqual(['l']);
});

test('a key that waits to be applied may have been sent by a process that died', () => {
  const { node } = expectUnderWay(named({ unappliedTags: ['k'], tags: { k: '1', l: '1' } }), NOW);

  expect(node?.lateTags).toEqual({ k: later(LATE_MS) });
});

test('a node whose tags are all applied, and a name without a node, expect nothing', () => {
  const [idle, free] = [named({}), record()];

  expect(expectUnderWay(idle, NOW).node).toBe(idle.node);
  expect(setLateAgain(idle, NOW)).toBe(idle);
  expect(expectUnderWay(free, NOW)).toBe(free);
  expect(setLateAgain(free, NOW)).toBe(free);
});

test('keys that are applied already are not applied twice because they were late too', () => {
  const node = expectLate(linked('a', { unappliedTags: ['k'] }), ['k'], NOW);

  expect(setLateAgain(record({ node }), later(LATE_MS)).node?.unappliedTags).toEqual(['k']);
});

test('a name is due when the first of its late tags is to be set again', () => {
  const late = (key: string): WorkDone => ({
    deleted: [],
    deregistered: [],
    late: { node: nodeId('a'), keys: [key] },
  });
  const first = settle(named({}), late('k'), NOW);
  const both = settle(first, late('l'), seconds(30));

  expect(both.node?.lateTags).toEqual({ k: later(LATE_MS), l: later(LATE_MS + 30_000) });
  expect(both.dueAt).toEqual(later(LATE_MS));
});

test('what may come late to a node that the name no longer has is of no matter', () => {
  const done: WorkDone = { deleted: [], deregistered: [], late: { node: nodeId('b'), keys: ['k'] } };

  expect(settle(named({}), done, NOW).node?.lateTags).toBeUndefined();
});

test('a removal that may come again is late, though the tags that were sent with it were refused', async () => {
  const service = await startScenario();
  const node = await service.register(await service.activate({ tags: { Role: 'web', Stage: 'test' } }));
  await node.ping();
  let isFirst = true;
  service.faults.loseAnswer = (operation) => {
    if (operation !== 'RemoveTagsFromResource' || !isFirst) return false;
    isFirst = false;
    return true;
  };
  service.faults.refuse = (operation) =>
    operation === 'AddTagsToResource' ? new AwsError('TooManyTagsError') : undefined;

  await expect(service.tag({ Owner: 'ops' }, ['Role'])).rejects.toBeInstanceOf(TagsRefused);

  expect(Object.keys((await service.record())?.node?.lateTags ?? {})).toEqual(['Role']);
});
