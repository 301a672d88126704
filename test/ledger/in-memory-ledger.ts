import type { InstanceName } from '../../src/activation/instance-name.ts';
import type { Ledger } from '../../src/activation/ports.ts';
import type { NameRecord } from '../../src/activation/record.ts';

/** The `Ledger` port without a database, for plays by the thousand; the conformance tests hold it to what a table does. */
export const createInMemoryLedger = (): Ledger => {
  const records = new Map<InstanceName, NameRecord>();
  const inOrder = () =>
    [...records.values()].toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  const isAfter = (name: InstanceName, after: InstanceName) =>
    Buffer.compare(Buffer.from(name), Buffer.from(after)) > 0;
  return {
    read: async (name) => records.get(name),
    replace: async (previous, next) => {
      const current = records.get(next.name);
      if (current?.revision === previous?.revision) records.set(next.name, next);
      else return [current?.revision, ...(current?.earlierRevisions ?? [])].includes(next.revision);
      return true;
    },
    list: async ({ prefix, limit, after }) =>
      inOrder()
        .filter(({ name }) => name.startsWith(prefix) && (after === undefined || isAfter(name, after)))
        .slice(0, limit),
    nameOf: async (node) => [...records.values()].find((record) => record.node?.id === node)?.name,
    due: async (now, limit) =>
      [...records.values()]
        .flatMap(({ name, dueAt }) => (dueAt && dueAt <= now ? [{ name, dueAt }] : []))
        .toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime())
        .slice(0, limit)
        .map(({ name }) => name),
    check: async () => {},
  };
};
