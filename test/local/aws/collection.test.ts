import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Collection } from '../../../src/local/aws/collection.ts';
import type { Stored } from '../../../src/local/aws/records.ts';

interface Item extends Stored {
  readonly group: string | undefined;
  readonly value: number;
}

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const step = fc.oneof(
  fc.record({
    kind: fc.constant('put' as const),
    id,
    group: fc.constantFrom('x', 'y', undefined),
    value: fc.nat(9),
  }),
  fc.record({ kind: fc.constant('delete' as const), id }),
);

test('behaves as an ordered list searched from end to end, and comes back the same from its journal', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const written = new Map<string, string>();
      const journal = {
        write: async (key: string, value: string | undefined) => {
          if (value === undefined) written.delete(key);
          else written.set(key, value);
        },
      };
      const groupOf = (item: Item) => item.group;
      const collection = new Collection<Item>(journal, 'item/', groupOf, []);
      let model: Item[] = [];

      for (const next of steps) {
        const known = model.find((item) => item.id === next.id);
        if (next.kind === 'put') {
          const item = known
            ? { ...known, value: next.value }
            : { id: next.id, serial: collection.nextSerial, group: next.group, value: next.value };
          model = known ? model.map((old) => (old === known ? item : old)) : [...model, item];
          void collection.put(item);
        } else if (known) {
          model = model.filter((item) => item !== known);
          void collection.delete(known);
        }
      }

      const reloaded = new Collection<Item>(
        journal,
        'item/',
        groupOf,
        [...written.values()].reverse().map((text) => JSON.parse(text)),
      );
      for (const version of [collection, reloaded]) {
        expect(version.ordered).toEqual(model);
        expect(version.inGroups(['x'])).toEqual(model.filter(({ group }) => group === 'x'));
        expect(version.inGroups(['y', 'x', 'x'])).toEqual(model.filter(({ group }) => group !== undefined));
        expect(version.withIds(['f', 'a', 'never'])).toEqual(model.filter((item) => 'af'.includes(item.id)));
        expect(version.get('b')).toEqual(model.find((item) => item.id === 'b'));
      }
    }),
  );
});
