import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InstanceName } from '../../src/activation/instance-name.ts';
import { linked } from '../activation/records.ts';
import { nameRecord } from './arbitrary-record.ts';
import { changeAgain, changed, type NewLedger, named } from './tables.ts';

const RACERS = Number(process.env['RACERS'] ?? 50);
const RUNS = { numRuns: Number(process.env['RECORD_RUNS'] ?? 50) };

/** What the `Ledger` port promises of reading and writing one name. */
export const ledgerConformance = (newLedger: NewLedger): void => {
  describe('a name', () => {
    test('about which nothing was written is read as undefined', async () => {
      const { ledger } = await newLedger();

      expect(await ledger.read(InstanceName.parse('host-1'))).toBeUndefined();
    });

    test('comes back as it was written, whatever its state', async () => {
      const { ledger } = await newLedger();
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
      const { ledger } = await newLedger();
      const before = named('host-1', { node: linked('a'), dueAt: new Date(0), ended: 'expired' });
      await ledger.replace(undefined, before);
      const after = changed(before, { node: undefined, dueAt: undefined, ended: undefined });

      await ledger.replace(before, after);

      expect(await ledger.read(before.name)).toEqual(after);
    });

    test('is taken by one of many who saw it unseen', async () => {
      const { ledger } = await newLedger();
      const records = Array.from({ length: RACERS }, () => named('host-1'));

      const won = await Promise.all(records.map((record) => ledger.replace(undefined, record)));

      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await ledger.read(InstanceName.parse('host-1'))).toEqual(records[won.indexOf(true)]);
    });

    test('is changed by one of many who saw the same state', async () => {
      const { ledger } = await newLedger();
      const before = named('host-1');
      await ledger.replace(undefined, before);
      const records = Array.from({ length: RACERS }, () => changed(before));

      const won = await Promise.all(records.map((record) => ledger.replace(before, record)));

      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await ledger.read(before.name)).toEqual(records[won.indexOf(true)]);
    });

    test('stays as it is before a writer who saw an earlier state', async () => {
      const { ledger } = await newLedger();
      const first = named('host-1');
      await ledger.replace(undefined, first);
      const second = changed(first, { released: true });
      await ledger.replace(first, second);

      expect(await ledger.replace(first, changed(first))).toBe(false);
      expect(await ledger.replace(undefined, changed(first))).toBe(false);

      expect(await ledger.read(first.name)).toEqual(second);
    });

    test('that nobody wrote is not changed by a writer who thinks to have seen it', async () => {
      const { ledger } = await newLedger();
      const never = named('host-1');

      expect(await ledger.replace(never, changed(never))).toBe(false);
      expect(await ledger.read(never.name)).toBeUndefined();
    });

    test('is won by a writer who sends its write again, though others changed it since', async () => {
      const { ledger } = await newLedger();
      const before = named('host-1');
      await ledger.replace(undefined, before);
      const mine = changed(before);
      await ledger.replace(before, mine);
      await changeAgain(ledger, before.name);
      const theirs = await changeAgain(ledger, before.name);

      expect(await ledger.replace(before, mine)).toBe(true);

      expect(await ledger.read(before.name)).toEqual(theirs);
    });

    test('is won by its first writer who sends its write again, though another changed it since', async () => {
      const { ledger } = await newLedger();
      const mine = named('host-1');
      await ledger.replace(undefined, mine);
      const theirs = await changeAgain(ledger, mine.name);

      expect(await ledger.replace(undefined, mine)).toBe(true);

      expect(await ledger.read(mine.name)).toEqual(theirs);
    });

    test('is lost by a writer who came too late, and stays lost however often it is sent', async () => {
      const { ledger } = await newLedger();
      const before = named('host-1');
      await ledger.replace(undefined, before);
      const mine = changed(before);
      await changeAgain(ledger, before.name);
      const theirs = await changeAgain(ledger, before.name);

      expect(await ledger.replace(before, mine)).toBe(false);
      expect(await ledger.replace(before, mine)).toBe(false);

      expect(await ledger.read(before.name)).toEqual(theirs);
    });
  });

  test('the ledger answers a check', async () => {
    const { ledger } = await newLedger();

    await expect(ledger.check()).resolves.toBeUndefined();
  });
};
