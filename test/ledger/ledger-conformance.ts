import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { InstanceName } from '../../src/activation/instance-name.ts';
import { linked, nodeId } from '../activation/records.ts';
import { nameRecord } from './arbitrary-record.ts';
import { changed, itemOf, type NewTable, named } from './tables.ts';

const RACERS = Number(process.env['RACERS'] ?? 50);
const RUNS = { numRuns: Number(process.env['RECORD_RUNS'] ?? 50) };

/** What the `Ledger` port promises of reading and writing one name. */
export const ledgerConformance = (newTable: NewTable): void => {
  describe('a name', () => {
    test('about which nothing was written is read as undefined', async () => {
      const { ledger } = await newTable();

      expect(await ledger.read(InstanceName.parse('host-1'))).toBeUndefined();
    });

    test('comes back as it was written, whatever its state', async () => {
      const { ledger } = await newTable();
      await fc.assert(
        fc.asyncProperty(nameRecord, async (record) => {
          const previous = await ledger.read(record.name);
          expect(await ledger.replace(previous, record)).toBe(true);
          expect(await ledger.read(record.name)).toEqual(record);
        }),
        RUNS,
      );
    });

    test('loses the fields that its next state does not have', async () => {
      const { ledger } = await newTable();
      const before = named('host-1', { node: linked('a'), dueAt: new Date(0), ended: 'expired' });
      await ledger.replace(undefined, before);
      const after = changed(before, { node: undefined, dueAt: undefined, ended: undefined });

      await ledger.replace(before, after);

      expect(await ledger.read(before.name)).toEqual(after);
    });

    test('is taken by one of many who saw it unseen', async () => {
      const { ledger } = await newTable();
      const records = Array.from({ length: RACERS }, () => named('host-1'));

      const won = await Promise.all(records.map((record) => ledger.replace(undefined, record)));

      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await ledger.read(InstanceName.parse('host-1'))).toEqual(records[won.indexOf(true)]);
    });

    test('is changed by one of many who saw the same state', async () => {
      const { ledger } = await newTable();
      const before = named('host-1');
      await ledger.replace(undefined, before);
      const records = Array.from({ length: RACERS }, () => changed(before));

      const won = await Promise.all(records.map((record) => ledger.replace(before, record)));

      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await ledger.read(before.name)).toEqual(records[won.indexOf(true)]);
    });

    test('stays as it is before a writer who saw an earlier state', async () => {
      const { ledger } = await newTable();
      const first = named('host-1');
      await ledger.replace(undefined, first);
      const second = changed(first, { released: true });
      await ledger.replace(first, second);

      expect(await ledger.replace(first, changed(first))).toBe(false);
      expect(await ledger.replace(undefined, changed(first))).toBe(false);

      expect(await ledger.read(first.name)).toEqual(second);
    });

    test('that nobody wrote is not changed by a writer who thinks to have seen it', async () => {
      const { ledger } = await newTable();
      const never = named('host-1');

      expect(await ledger.replace(never, changed(never))).toBe(false);
      expect(await ledger.read(never.name)).toBeUndefined();
    });

    test.each([
      ['first', undefined],
      ['next', named('host-1')],
    ])('is won by the writer of its %s state whose answer was lost on the way', async (_which, before) => {
      const { client, ledger } = await newTable();
      if (before) await ledger.replace(undefined, before);
      const after = before ? changed(before) : named('host-1');
      const attempts = loseFirstAnswer(client);

      const won = await ledger.replace(before, after);

      expect(attempts.count).toBe(2);
      expect(won).toBe(true);
      expect(await ledger.read(after.name)).toEqual(after);
    });

    test('is lost by the writer whose answer was lost when another came between', async () => {
      const { client, ledger } = await newTable();
      const before = named('host-1');
      await ledger.replace(undefined, before);
      const mine = changed(before);
      const theirs = changed(mine);
      loseFirstAnswer(client, async () => expect(await ledger.replace(mine, theirs)).toBe(true));

      const won = await ledger.replace(before, mine);

      expect(won).toBe(false);
      expect(await ledger.read(before.name)).toEqual(theirs);
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

  test('the ledger answers a check', async () => {
    const { ledger } = await newTable();

    await expect(ledger.check()).resolves.toBeUndefined();
  });
};

/** The next PutItem takes effect and its answer is lost: the SDK sends it again. */
const loseFirstAnswer = (client: DynamoDBClient, meanwhile: () => Promise<void> = async () => {}) => {
  const attempts = { count: 0 };
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (given) => {
        if (commandName !== 'PutItemCommand') return next(given);
        attempts.count += 1;
        if (attempts.count > 1) return next(given);
        await next(given);
        await meanwhile();
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      },
    { step: 'deserialize', name: 'loseFirstAnswer', priority: 'high' },
  );
  onTestFinished(() => {
    client.middlewareStack.remove('loseFirstAnswer');
  });
  return attempts;
};
