import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { change } from '../../src/activation/change.ts';
import type { NameRecord } from '../../src/activation/record.ts';
import { linked, nodeId } from '../activation/records.ts';
import { losePutAnswer } from './lost-answer.ts';
import { changeAgain, changed, itemOf, type NewTable, named } from './tables.ts';

/** What a ledger makes of a table whose answers can be lost, and what it writes into it. */
export const tableConformance = (newTable: NewTable): void => {
  describe('a name in a table', () => {
    test.each([
      ['first', undefined],
      ['next', named('host-1')],
    ])('is won by the writer of its %s state whose answer was lost on the way', async (_which, before) => {
      const { client, ledger } = await newTable();
      if (before) await ledger.replace(undefined, before);
      const after = before ? changed(before) : named('host-1');
      const puts = losePutAnswer(client);

      const won = await ledger.replace(before, after);

      expect(puts.count).toBe(2);
      expect(won).toBe(true);
      expect(await ledger.read(after.name)).toEqual(after);
    });

    test('is won by the writer whose answer was lost though two others changed it before it was sent again', async () => {
      const { client, ledger } = await newTable();
      const before = named('host-1');
      await ledger.replace(undefined, before);
      const puts = losePutAnswer(client, {
        meanwhile: async () => {
          await changeAgain(ledger, before.name);
          await changeAgain(ledger, before.name);
        },
      });

      const won = await ledger.replace(before, changed(before));

      expect(puts.count).toBe(4);
      expect(won).toBe(true);
    });

    test('is changed once by a transition whose answer was lost, so that it undoes nothing that came after', async () => {
      const { client, ledger, events } = await newTable();
      const before = named('host-1');
      await ledger.replace(undefined, before);
      losePutAnswer(client, { meanwhile: () => changeAgain(ledger, before.name, { released: false }) });
      const releasing = (record: NameRecord) => ({ ...record, released: true });

      await change({ ledger, events, newId: randomUUID }, before.name, releasing);

      expect(await ledger.read(before.name)).toMatchObject({ released: false });
    });

    test('keeps no attribute of an index that it is not to stand in', async () => {
      const table = await newTable();
      const before = named('host-1', { node: linked('a'), dueAt: new Date(0) });
      await table.ledger.replace(undefined, before);

      await table.ledger.replace(before, changed(before, { node: undefined, dueAt: undefined }));

      const item = await itemOf(table, 'name#host-1', 'name');
      expect(Object.keys(item ?? {}).toSorted()).toEqual([
        'Kind',
        'PK',
        'Position',
        'Record',
        'Revision',
        'SK',
      ]);
      expect(await table.ledger.nameOf(nodeId('a'))).toBeUndefined();
    });
  });
};
