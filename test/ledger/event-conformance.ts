import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ActivationEvent } from '../../src/activation/events.ts';
import type { EventQuery } from '../../src/activation/ports.ts';
import { activationId, nodeId, PRINCIPAL, seconds } from '../activation/records.ts';
import { itemOf, type NewTable, named, type Table } from './tables.ts';

const event = (changes: Partial<ActivationEvent> = {}): ActivationEvent => ({
  id: randomUUID(),
  at: seconds(0),
  kind: 'ActivationIssued',
  actor: { kind: 'sweep' },
  ...changes,
});

const append = async ({ events }: Table, appended: readonly ActivationEvent[]): Promise<void> => {
  for (const one of appended) await events.append(one);
};

/** Reads to the end in pages; more pages than events would mean that it never ends. */
const readAll = async ({ events }: Table, query: EventQuery): Promise<ActivationEvent[]> => {
  const read: ActivationEvent[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < 50; pages += 1) {
    const page = await events.list({ ...query, after });
    expect(page.events.length).toBeLessThanOrEqual(query.limit);
    read.push(...page.events);
    after = page.next;
    if (after === undefined) return read;
  }
  throw new Error('the listing does not end');
};

/** What the `EventLog` port promises. */
export const eventConformance = (newTable: NewTable): void => {
  describe('an event', () => {
    test('comes back as it was written', async () => {
      const table = await newTable();
      const full = event({
        name: 'host-1',
        kind: 'TagsRefused',
        actor: { kind: 'machine', principal: { ...PRINCIPAL, madeAt: seconds(-1) } },
        requestId: 'req-1',
        activationId: activationId('a'),
        nodeId: nodeId('a'),
        tags: { Größe: '', Role: 'web' },
        code: 'TagsRefused',
        detail: 'Systems Manager refused the tags.',
      });
      await append(table, [full]);

      expect(await table.events.list({ limit: 10 })).toEqual({ events: [full], next: undefined });
    });

    test('is forgotten 90 days after it happened, by a time to live in epoch seconds', async () => {
      const table = await newTable();
      const one = event({ name: 'host-1', at: new Date('2026-11-21T10:00:00.900Z') });
      await append(table, [one]);

      const item = await itemOf(table, 'name#host-1', `event#2026-11-21T10:00:00.900Z#${one.id}`);

      expect(item?.['ExpiresAt']).toEqual({ N: String(Date.UTC(2027, 1, 19, 10) / 1000) });
    });

    test.each(['', 'not a name, at all\n', 'a'.repeat(256), '#', 'host 1'])(
      'may be about a name that is none: %j',
      async (name) => {
        const table = await newTable();
        const events = [event({ name, at: seconds(1) }), event({ name, at: seconds(2) })];
        await append(table, events);

        expect(await readAll(table, { name, limit: 1 })).toEqual(events.toReversed());
        expect(await readAll(table, { limit: 1 })).toEqual(events.toReversed());
      },
    );

    test('is written again with a count that only grows', async () => {
      const table = await newTable();
      const refused = event({ kind: 'RequestRefused', name: 'host-1', code: 'InvalidIdentity', count: 1 });
      const [second, fourth] = [2, 4].map((count) => ({ ...refused, count, lastAt: seconds(count) }));

      await append(table, [refused, fourth ?? refused, second ?? refused, refused]);

      expect(await table.events.list({ limit: 10 })).toEqual({ events: [fourth], next: undefined });
    });

    test('of a refusal shares no partition of an index with what must be written before a machine gets in', async () => {
      const table = await newTable();
      const [refused, issued] = [event({ kind: 'RequestRefused' }), event()];
      await append(table, [refused, issued]);

      const kinds = await Promise.all(
        [refused, issued].map(async ({ at, id }) =>
          itemOf(table, 'name#', `event#${at.toISOString()}#${id}`),
        ),
      );

      expect(kinds.map((item) => item?.['Kind'])).toEqual([{ S: 'refusal' }, { S: 'event' }]);
    });

    test("does not change its name's record", async () => {
      const table = await newTable();
      const record = named('host-1');
      await table.ledger.replace(undefined, record);

      await append(table, [event({ name: 'host-1' })]);

      expect(await table.ledger.read(record.name)).toEqual(record);
    });
  });

  describe('the audit trail', () => {
    const trail = Array.from({ length: 12 }, (_, index) =>
      event({
        kind: index % 4 < 2 ? 'ActivationIssued' : 'RequestRefused',
        name: index % 3 === 0 ? 'host-1' : 'host-2',
        at: seconds(index * 0.001),
      }),
    );
    const ofHost1 = trail.filter(({ name }) => name === 'host-1');

    test.each([1, 2, 5, 12, 13])(
      'is read newest first in pages of %i, in whatever order it was written',
      async (limit) => {
        const table = await newTable();
        await append(
          table,
          trail.toSorted(({ id: a }, { id: b }) => (a < b ? -1 : 1)),
        );

        expect(await readAll(table, { limit })).toEqual(trail.toReversed());
        expect(await readAll(table, { limit, name: 'host-1' })).toEqual(ofHost1.toReversed());
      },
    );

    test('is read from a moment on, that moment included', async () => {
      const table = await newTable();
      await append(table, trail);
      const since = seconds(0.006);

      expect(await readAll(table, { limit: 2, since })).toEqual(trail.slice(6).toReversed());
      expect(await readAll(table, { limit: 2, since, name: 'host-1' })).toEqual(
        ofHost1.slice(2).toReversed(),
      );
    });

    test('holds refusals that began before a moment and went on after it', async () => {
      const table = await newTable();
      const went = event({ kind: 'RequestRefused', name: 'host-1', count: 8, lastAt: seconds(300) });
      await append(table, [went, event({ name: 'host-1' }), event({ name: 'host-1', at: seconds(200) })]);

      for (const name of [undefined, 'host-1']) {
        expect(await readAll(table, { limit: 1, since: seconds(250), name })).toEqual([went]);
        expect(await readAll(table, { limit: 1, since: seconds(301), name })).toEqual([]);
      }
    });

    test('keeps events of one moment apart', async () => {
      const table = await newTable();
      const sameMoment = Array.from({ length: 5 }, () => event({ name: 'host-1' }));
      await Promise.all(sameMoment.map((one) => table.events.append(one)));

      const read = await readAll(table, { limit: 2, name: 'host-1' });

      expect(new Set(read.map(({ id }) => id))).toEqual(new Set(sameMoment.map(({ id }) => id)));
      expect(read).toHaveLength(5);
    });

    test('of one name holds nothing of a name that begins alike', async () => {
      const table = await newTable();
      await append(table, [event({ name: 'host-1' }), event({ name: 'host-10' }), event()]);

      expect((await readAll(table, { limit: 9, name: 'host-1' })).map(({ name }) => name)).toEqual([
        'host-1',
      ]);
    });
  });
};
