import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Collection } from '../../../src/local/aws/collection.ts';
import { History } from '../../../src/local/aws/history.ts';
import type { Stored } from '../../../src/local/aws/records.ts';

interface Item extends Stored {
  readonly group: string;
  readonly tags: number;
  readonly role: number;
}

const journal = { write: async () => {} };
const kept = 10;

const startHistory = (keepMs = kept) => {
  let now = 0;
  const history = new History<Item>(
    { of: 'node', made: 'creation', ended: 'deletion', parts: { tags: ['tags'], role: ['role'] } },
    () => new Date(now),
    () => keepMs,
  );
  const collection = new Collection<Item>(journal, 'item/', ({ group }) => group, [], history);
  return {
    history,
    collection,
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
    now: () => now,
  };
};

const id = fc.constantFrom('a', 'b', 'c');
const step = fc.record({
  kind: fc.constantFrom('put' as const, 'put' as const, 'put' as const, 'delete' as const),
  id,
  tags: fc.nat(2),
  role: fc.nat(2),
  wait: fc.nat(4),
});

test('a reader with a lag for each part sees each part as it was that long ago', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 40 }),
      fc.nat(kept),
      fc.nat(kept),
      fc.nat(kept),
      (steps, ...lags) => {
        const { history, collection, advance, now } = startHistory();
        const [existence = 0, tags = 0, role = 0] = lags;
        const lagOf = (aspect: string) => (aspect === 'tags' ? tags : aspect === 'role' ? role : existence);
        /** All states there ever were, by the moment that each began; the last of a moment counts. */
        const states: { at: number; items: readonly Item[] }[] = [
          { at: Number.NEGATIVE_INFINITY, items: [] },
        ];
        const ever = new Map<string, Item>();
        const asOf = (moment: number) => states.findLast(({ at }) => at <= moment)?.items ?? [];
        let made = 0;

        for (const next of steps) {
          advance(next.wait);
          // An id is never used again, as Systems Manager's are not.
          const current = collection.ordered.find((item) => item.id.startsWith(next.id));
          if (next.kind === 'delete' && current) void collection.delete(current);
          if (next.kind === 'put') {
            made += 1;
            const base = current ?? {
              id: `${next.id}${made}`,
              serial: collection.nextSerial + made,
              group: next.id,
            };
            const item = { ...base, tags: next.tags, role: next.role };
            ever.set(item.id, item);
            void collection.put(item);
          }
          states.push({ at: now(), items: [...collection.ordered] });

          const seen = history.seenBy(collection, ({ at, aspect }) => at + lagOf(aspect) <= now());

          const expected = [...ever.values()].flatMap((item): Item[] => {
            if (!asOf(now() - existence).some((one) => one.id === item.id)) return [];
            const history = states.flatMap(({ at, items }) => {
              const found = items.find((one) => one.id === item.id);
              return found ? [{ at, found }] : [];
            });
            const first = history[0]?.found ?? item;
            const partAsOf = (moment: number) => history.findLast(({ at }) => at <= moment)?.found ?? first;
            return [{ ...item, tags: partAsOf(now() - tags).tags, role: partAsOf(now() - role).role }];
          });
          expect(seen.ordered).toEqual(expected.toSorted((a, b) => a.serial - b.serial));
          expect(seen.inGroups(['a'])).toEqual(seen.ordered.filter(({ group }) => group === 'a'));
          const ids = ['a1', 'b2', 'c3', 'a1'];
          expect(seen.withIds(ids)).toEqual(seen.ordered.filter((item) => ids.includes(item.id)));
        }
      },
    ),
  );
});

test('no more is remembered than a lagging read can need', () => {
  const { history, collection, advance } = startHistory();
  const item = { id: 'a', serial: 1, group: 'a', tags: 0, role: 0 };

  for (let tags = 0; tags < 1_000; tags += 1) {
    void collection.put({ ...item, tags });
    advance(1);
  }

  expect(history.size).toBeLessThanOrEqual(kept);
});

test('nothing is remembered without a lag', () => {
  const { history, collection } = startHistory(0);
  const item = { id: 'a', serial: 1, group: 'a', tags: 0, role: 0 };

  void collection.put(item);
  void collection.put({ ...item, tags: 1 });
  void collection.delete(item);

  expect(history.size).toBe(0);
});
