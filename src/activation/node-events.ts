import { bringUpToDate } from './bring-up-to-date.ts';
import { change } from './change.ts';
import { scheduled } from './due.ts';
import type { ManagedNodeId } from './identifiers.ts';
import type { InstanceName } from './instance-name.ts';
import { withoutNode } from './link.ts';
import type { Ports } from './ports.ts';
import { readingOf } from './reading.ts';
import type { NameRecord } from './record.ts';
import { whatHappened } from './what-happened.ts';

/** The nodes for which not all could be done, and why. An event about one of them must come again; the others are done. */
export type UnfinishedNodes = ReadonlyMap<ManagedNodeId, unknown>;

/**
 * Nodes registered: links and tags them at once. The event tells only which; the rest SSM is asked for, many in a call.
 * An event that comes twice, late or never changes nothing that the sweep would not.
 */
export const nodesRegistered = async (
  ports: Ports,
  ids: readonly ManagedNodeId[],
): Promise<UnfinishedNodes> => {
  const systemsManager = ports.systemsManager();
  const takenAt = ports.clock();
  const nodes = await systemsManager.nodesById(ids);
  // A machine that is the first of its name is linked by this alone; another waits until the sweep has asked about them all.
  const asked = nodes.map(({ activationId }) => activationId);
  const reading = readingOf(asked, nodes, takenAt, ports.settlingMs);
  const findings = { reading, activations: [], complete: false };
  const unfinished = new Map<ManagedNodeId, unknown>();
  const byName = Map.groupBy(nodes, ({ name }) => name);
  await Promise.all(
    [...byName].map(async ([name, itsNodes]) => {
      try {
        const record = name === undefined ? undefined : await ports.ledger.read(name);
        if (record) await bringUpToDate(ports, systemsManager, record, findings);
      } catch (error) {
        for (const { id } of itsNodes) unfinished.set(id, error);
      }
    }),
  );
  return unfinished;
};

/**
 * Nodes were deregistered, by this service or by hand: a name whose node is gone is free. The event is not believed
 * while SSM lists the node: anyone who may put events on the bus can name one.
 */
export const nodesDeregistered = async (
  ports: Ports,
  ids: readonly ManagedNodeId[],
): Promise<UnfinishedNodes> => {
  const takenAt = ports.clock();
  const listed = await ports.systemsManager().nodesById(ids);
  const unfinished = new Map<ManagedNodeId, unknown>();
  for (const id of ids.filter((one) => !listed.some((node) => node.id === one))) {
    try {
      const name = await ports.ledger.nameOf(id);
      if (name !== undefined) await forgetNode(ports, name, id, takenAt);
    } catch (error) {
      unfinished.set(id, error);
    }
  }
  return unfinished;
};

/**
 * Frees a name of a node that SSM, asked at `takenAt`, does not list. A node that was linked lately may only be missing from
 * that answer: the sweep asks again.
 */
export const forgetNode = async (
  ports: Ports,
  name: InstanceName,
  id: ManagedNodeId,
  takenAt: Date,
): Promise<void> => {
  // t1 the node is seen to be gone, t2 another registers under the name, t3 this write: the other must stay.
  const forgetting = (record: NameRecord): NameRecord => {
    const { node } = record;
    if (node?.id !== id) return record;
    const doubtedUntil = new Date(node.linkedAt.getTime() + ports.settlingMs);
    const next =
      doubtedUntil < takenAt ? withoutNode(record) : { ...record, node: { ...node, doubtedUntil } };
    return scheduled(next, ports.clock());
  };
  await change(ports, name, forgetting, whatHappened(ports));
};
