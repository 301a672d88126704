import { expect, test } from 'vitest';
import { TagsRefused } from '../../src/activation/errors.ts';
import { settle, type WorkDone } from '../../src/activation/outstanding-work.ts';
import { activationId, linked, NOW, nodeId, record, superseded } from './records.ts';

const applied = (tags: Record<string, string | undefined>, node = 'a'): WorkDone => ({
  deleted: [],
  deregistered: [],
  applied: { node: nodeId(node), tags: new Map(Object.entries(tags)) },
});
const wanting = (tags: Record<string, string>, unappliedTags: string[]) =>
  record({ node: linked('a', { tags, unappliedTags }) });

const leaving = (seed: string) => ({ id: nodeId(seed), registeredAt: NOW });

test('tags that the node has are no longer to be applied', () => {
  const after = settle(wanting({ k: '1' }, ['k', 'gone']), applied({ k: '1', gone: undefined }), NOW);

  expect(after.node?.unappliedTags).toEqual([]);
  expect(after.dueAt).toBeUndefined();
});

test('a key that another caller changed meanwhile is to be applied yet', () => {
  const after = settle(wanting({ k: '2' }, ['k']), applied({ k: '1' }), NOW);

  expect(after.node?.unappliedTags).toEqual(['k']);
  expect(after.dueAt).toEqual(NOW);
});

test('a late writer whose value reached the node last has the key applied again, although it was settled', () => {
  const settledByB = settle(wanting({ k: '2' }, ['k']), applied({ k: '2' }), NOW);
  expect(settledByB.node?.unappliedTags).toEqual([]);

  const settledByA = settle(settledByB, applied({ k: '1' }), NOW);

  expect(settledByA.node?.unappliedTags).toEqual(['k']);
  expect(settledByA.node?.tags).toEqual({ k: '2' });
});

test('a key that was removed while its value was on its way is to be removed yet', () => {
  const after = settle(wanting({}, ['k']), applied({ k: '1' }), NOW);

  expect(after.node?.unappliedTags).toEqual(['k']);
});

test('keys that were not sent stay to be applied', () => {
  const after = settle(wanting({ k: '1', l: '1' }, ['k', 'l']), applied({ k: '1' }), NOW);

  expect(after.node?.unappliedTags).toEqual(['l']);
});

test('what was sent to another node settles nothing here', () => {
  const after = settle(wanting({ k: '1' }, ['k']), applied({ k: '1' }, 'b'), NOW);

  expect(after.node?.unappliedTags).toEqual(['k']);
});

test('tags that were refused are no longer wanted, others stay', () => {
  const refused = { ...applied({ k: '1' }), refused: new TagsRefused('no') };

  const after = settle(wanting({ k: '1', old: 'x' }, ['k']), refused, NOW);

  expect(after.node).toMatchObject({ tags: { old: 'x' }, unappliedTags: [] });
});

test('a key that was refused and has another value by now is to be tried with that', () => {
  const refused = { ...applied({ k: '1' }), refused: new TagsRefused('no') };

  const after = settle(wanting({ k: '2' }, ['k']), refused, NOW);

  expect(after.node).toMatchObject({ tags: { k: '2' }, unappliedTags: ['k'] });
});

test('deleted activations are watched on and not deleted again; deregistered nodes are forgotten', () => {
  const before = record({
    superseded: [superseded('a', { deleted: false }), superseded('b', { deleted: false })],
    replacedNodes: [leaving('c'), leaving('d')],
  });

  const after = settle(before, { deleted: [activationId('a')], deregistered: [nodeId('c')] }, NOW);

  expect(after.superseded.map(({ deleted }) => deleted)).toEqual([true, false]);
  expect(after.replacedNodes).toEqual([leaving('d')]);
});

test('nothing done changes nothing, so that nothing is written', () => {
  const before = wanting({ k: '1' }, ['k']);

  expect(settle(before, { deleted: [], deregistered: [] }, NOW)).toBe(before);
});
