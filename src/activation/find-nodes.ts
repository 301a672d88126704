import { isTemporary } from './errors.ts';
import { ManagedNodeId } from './identifiers.ts';
import { type InstanceName, StoredName } from './instance-name.ts';
import { link, watchedActivations } from './link.ts';
import type { ManagedNode } from './managed-node.ts';
import type { Ports } from './ports.ts';
import { NO_READING, type Reading, readNodes, shownIn } from './reading.ts';
import { type NameRecord, type NameStatus, statusOf } from './record.ts';
import { wantedTags } from './tag-changes.ts';
import { tagIn } from './tags.ts';

/** A name as operators see it: the ledger's state, brought up to date with what Systems Manager says now. */
export interface NamedNode {
  readonly record: NameRecord;
  readonly status: NameStatus;
  /** Absent without a node, and when Systems Manager could not be asked. */
  readonly live?: ManagedNode | undefined;
}

export interface NodeQuery {
  readonly name?: InstanceName | undefined;
  readonly prefix?: string | undefined;
  readonly instanceId?: ManagedNodeId | undefined;
  readonly status?: NameStatus | undefined;
  readonly tag?: { readonly key: string; readonly value: string } | undefined;
  readonly limit: number;
  readonly after?: InstanceName | undefined;
}

export interface NodeList {
  readonly nodes: readonly NamedNode[];
  /** Where the next page begins; absent on the last. */
  readonly next?: InstanceName | undefined;
  /** Systems Manager did not answer in time: the ping status is missing. */
  readonly withoutPing: boolean;
}

/** A listing without ping status is better than none: Systems Manager has so long to tell it. */
const PING_MS = 5_000;

/** How many records one call reads at most to fill a page: a rare status or tag then costs several calls, not a long one. */
const MOST_READ = 2_000;

export const findNodes = async (ports: Ports, query: NodeQuery): Promise<NodeList> => {
  const { records, next } = await readRecords(ports, query);
  const live = await askAbout(ports, records);
  const nodes = records.map((record) => describe(ports, record, live ?? NO_READING));
  return { nodes, next, withoutPing: live === undefined };
};

/** One name, by itself or by the id of its node. */
export const findNode = async (ports: Ports, nameOrId: string): Promise<NamedNode | undefined> => {
  const record = await recordOf(ports, nameOrId);
  if (!record) return undefined;
  return describe(ports, record, (await askAbout(ports, [record])) ?? NO_READING);
};

/** The name that an operator means. What has the form of a node's id is one: no name may have it. */
export const recordOf = async (ports: Ports, nameOrId: string): Promise<NameRecord | undefined> => {
  const id = ManagedNodeId.safeParse(nameOrId);
  const name = id.success ? await ports.ledger.nameOf(id.data) : StoredName.safeParse(nameOrId).data;
  const record = name && (await ports.ledger.read(name));
  const isOfNode = id.success && [record?.node?.id, record?.newcomer?.id].includes(id.data);
  return id.success && !isOfNode ? undefined : record;
};

const readRecords = async (ports: Ports, query: NodeQuery) => {
  const matches = filterOf(query, ports.clock());
  if (query.name !== undefined || query.instanceId !== undefined) {
    const record = await recordOf(ports, query.name ?? query.instanceId ?? '');
    const both = !query.instanceId || record?.node?.id === query.instanceId;
    return { records: record && both && matches(record) ? [record] : [] };
  }
  const found: NameRecord[] = [];
  let after = query.after;
  for (let read = 0; read < MOST_READ; ) {
    const limit = query.limit - found.length;
    const page = await ports.ledger.list({ prefix: query.prefix ?? '', limit, after });
    found.push(...page.filter(matches));
    read += page.length;
    if (page.length < limit) return { records: found };
    after = page.at(-1)?.name;
    if (found.length === query.limit) break;
  }
  return { records: found, next: after };
};

const filterOf =
  ({ status, tag, prefix }: NodeQuery, now: Date) =>
  (record: NameRecord): boolean =>
    (status === undefined || statusOf(record, now) === status) &&
    (tag === undefined || tagIn(wantedTags(record), tag.key) === tag.value) &&
    (prefix === undefined || record.name.startsWith(prefix));

const askAbout = async (ports: Ports, records: readonly NameRecord[]): Promise<Reading | undefined> => {
  const activations = records.flatMap((record) => [
    ...watchedActivations(record),
    ...(record.node ? [record.node.activationId] : []),
  ]);
  try {
    return await readNodes(ports, ports.systemsManager(PING_MS), [...new Set(activations)]);
  } catch (error) {
    if (isTemporary(error)) return undefined;
    throw error;
  }
};

/** A node that registered since the last sweep is shown at once; writing it down is left to the sweep. */
const describe = (ports: Ports, stored: NameRecord, reading: Reading): NamedNode => {
  const now = ports.clock();
  const record = link(stored, reading, now);
  return { record, status: statusOf(record, now), live: record.node && shownIn(reading, record.node) };
};
