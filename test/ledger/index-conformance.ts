import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InstanceName } from '../../src/activation/instance-name.ts';
import type { Ledger } from '../../src/activation/ports.ts';
import { linked, NOW, nodeId, PRINCIPAL, seconds } from '../activation/records.ts';
import { instanceName } from './arbitrary-record.ts';
import { changed, type NewLedger, named } from './tables.ts';

const RUNS = { numRuns: Number(process.env['LISTING_RUNS'] ?? 10) };

const write = async (ledger: Ledger, names: readonly string[]): Promise<void> => {
  for (const name of names) await ledger.replace(undefined, named(name));
};
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** What the `Ledger` port promises of finding names. */
export const indexConformance = (newLedger: NewLedger): void => {
  describe('a listing', () => {
    const hosts = ['db-1', 'web-1', 'web-10', 'web-2', 'web-2/disk', 'web:a=b', 'web@home', 'Web-1', 'wеb'];

    test('has the names of a prefix, in their order', async () => {
      const { ledger } = await newLedger();
      await write(ledger, hosts);

      const listed = await ledger.list({ prefix: 'web', limit: 100 });

      expect(listed.map(({ name }) => name)).toEqual([
        'web-1',
        'web-10',
        'web-2',
        'web-2/disk',
        'web:a=b',
        'web@home',
      ]);
    });

    test('without a prefix has every name and no event', async () => {
      const { ledger, events } = await newLedger();
      await write(ledger, hosts);
      await events.append({
        id: '00000000-0000-4000-8000-000000000000',
        at: seconds(0),
        kind: 'RequestRefused',
        name: 'db-1',
        actor: { kind: 'sweep' },
      });

      const listed = await ledger.list({ prefix: '', limit: 100 });

      expect(listed.map(({ name }) => name)).toEqual(hosts.toSorted(byBytes));
    });

    test('gives the whole record', async () => {
      const { ledger } = await newLedger();
      const record = named('host-1', {
        node: linked('a'),
        followUps: { of: PRINCIPAL, changes: { Role: '' } },
        dueAt: seconds(1),
      });
      await ledger.replace(undefined, record);

      expect(await ledger.list({ prefix: 'host', limit: 1 })).toEqual([record]);
    });

    test('read page by page is the same as read at once, whatever the names and the size of a page', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(instanceName, { maxLength: 12 }),
          fc.integer({ min: 1, max: 13 }),
          async (names, limit) => {
            const { ledger } = await newLedger();
            await write(ledger, names);
            const read: string[] = [];
            for (let after: InstanceName | undefined; ; ) {
              const page = await ledger.list({ prefix: '', limit, after });
              read.push(...page.map(({ name }) => name));
              after = page.at(-1)?.name;
              if (page.length < limit) break;
            }
            expect(read).toEqual(names.toSorted(byBytes));
          },
        ),
        RUNS,
      );
    });

    test('goes on within its prefix', async () => {
      const { ledger } = await newLedger();
      await write(ledger, hosts);
      const after = InstanceName.parse('web-10');

      const listed = await ledger.list({ prefix: 'web-', limit: 2, after });

      expect(listed.map(({ name }) => name)).toEqual(['web-2', 'web-2/disk']);
    });

    test.each([
      ['before', 'db-1', ['web-1', 'web-10', 'web-2', 'web-2/disk']],
      ['beyond', 'web@home', []],
    ])(
      'that goes on after a name %s its prefix has what is left of the prefix',
      async (_where, name, left) => {
        const { ledger } = await newLedger();
        await write(ledger, hosts);

        const listed = await ledger.list({ prefix: 'web-', limit: 9, after: InstanceName.parse(name) });

        expect(listed.map((record) => record.name)).toEqual(left);
      },
    );

    test('larger than what DynamoDB gives at once (1 MB) is as long as was asked for', async () => {
      const { ledger } = await newLedger();
      const changes = Object.fromEntries(
        Array.from({ length: 50 }, (_, index) => [`key-${index}`, 'v'.repeat(256)]),
      );
      const records = Array.from({ length: 90 }, (_, index) =>
        named(`host-${String(index).padStart(2, '0')}`, { followUps: { of: PRINCIPAL, changes } }),
      );
      await Promise.all(records.map((record) => ledger.replace(undefined, record)));

      const listed = await ledger.list({ prefix: 'host-', limit: 85 });

      expect(listed.map(({ name }) => name)).toEqual(records.slice(0, 85).map(({ name }) => name));
    });
  });

  describe('a managed node', () => {
    test('finds the name that maps to it', async () => {
      const { ledger } = await newLedger();
      await ledger.replace(undefined, named('host-1', { node: linked('a') }));
      await ledger.replace(undefined, named('host-2', { node: linked('b') }));

      expect(await ledger.nameOf(nodeId('b'))).toBe('host-2');
      expect(await ledger.nameOf(nodeId('c'))).toBeUndefined();
    });

    test('that was replaced finds no name, and the one in its place does', async () => {
      const { ledger } = await newLedger();
      const before = named('host-1', { node: linked('a') });
      await ledger.replace(undefined, before);

      await ledger.replace(
        before,
        changed(before, { node: linked('b'), replacedNodes: [{ id: nodeId('a'), registeredAt: NOW }] }),
      );

      expect(await ledger.nameOf(nodeId('a'))).toBeUndefined();
      expect(await ledger.nameOf(nodeId('b'))).toBe('host-1');
    });
  });

  test('a managed node that was replaced by none yet finds no name', async () => {
    const { ledger } = await newLedger();
    const before = named('host-1', { node: linked('a') });
    await ledger.replace(undefined, before);

    await ledger.replace(
      before,
      changed(before, { node: undefined, replacedNodes: [{ id: nodeId('a'), registeredAt: NOW }] }),
    );

    expect(await ledger.nameOf(nodeId('a'))).toBeUndefined();
  });

  describe('names of which something is due', () => {
    test('are those whose time has come, the longest waiting first', async () => {
      const { ledger } = await newLedger();
      const times = { later: 1, now: 0, 'just now': -0.001, 'long ago': -86_400, before: -60 };
      for (const [name, time] of Object.entries(times)) {
        await ledger.replace(undefined, named(name, { dueAt: seconds(time) }));
      }
      await ledger.replace(undefined, named('never'));

      expect(await ledger.due(seconds(0), 10)).toEqual(['long ago', 'before', 'just now', 'now']);
      expect(await ledger.due(seconds(0), 2)).toEqual(['long ago', 'before']);
      expect(await ledger.due(seconds(-86_401), 10)).toEqual([]);
    });

    test('are no longer due once that is settled', async () => {
      const { ledger } = await newLedger();
      const before = named('host-1', { dueAt: seconds(-1) });
      await ledger.replace(undefined, before);

      await ledger.replace(before, changed(before, { dueAt: undefined }));

      expect(await ledger.due(seconds(0), 10)).toEqual([]);
    });
  });
};
