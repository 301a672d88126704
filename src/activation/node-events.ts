import { bringUpToDate, nodesByActivation } from './bring-up-to-date.ts';
import { change } from './change.ts';
import { scheduled } from './due.ts';
import type { ManagedNodeId } from './identifiers.ts';
import type { InstanceName } from './instance-name.ts';
import type { Ports } from './ports.ts';

/**
 * Nodes registered: links and tags them at once. The event tells only which; the rest SSM is asked for, many in a call.
 * An event that comes twice, late or never changes nothing that the sweep would not.
 */
export const nodesRegistered = async (
  ports: Ports,
  ids: readonly ManagedNodeId[],
  deadline: Date,
): Promise<void> => {
  const systemsManager = ports.systemsManager(deadline);
  const nodes = await systemsManager.nodesById(ids);
  const names = new Set(nodes.flatMap(({ name }) => (name === undefined ? [] : [name])));
  const findings = { nodes: nodesByActivation(nodes), activations: [], complete: false };
  await Promise.all(
    [...names].map(async (name) => {
      const record = await ports.ledger.read(name);
      if (record) await bringUpToDate(ports, systemsManager, record, findings);
    }),
  );
};

/**
 * Nodes were deregistered, by this service or by hand: a name whose node is gone is free. The event is not believed
 * while SSM lists the node: anyone who may put events on the bus can name one.
 */
export const nodesDeregistered = async (
  ports: Ports,
  ids: readonly ManagedNodeId[],
  deadline: Date,
): Promise<void> => {
  const listed = await ports.systemsManager(deadline).nodesById(ids);
  for (const id of ids.filter((one) => !listed.some((node) => node.id === one))) {
    const name = await ports.ledger.nameOf(id);
    if (name !== undefined) await forgetNode(ports, name, id);
  }
};

/** Frees a name of a node that SSM no longer has. */
export const forgetNode = async (ports: Ports, name: InstanceName, id: ManagedNodeId): Promise<void> => {
  const before = await ports.ledger.read(name);
  if (before?.node?.id !== id) return;
  await ports.events.append({
    id: ports.newId(),
    at: ports.clock(),
    kind: 'NodeGone',
    name,
    nodeId: id,
    actor: { kind: 'sweep' },
    detail: 'Systems Manager no longer lists the node.',
  });
  // t1 the node is seen to be gone, t2 another registers under the name, t3 this write: the other must stay.
  await change(ports, name, (record) => {
    if (record.node?.id !== id) return record;
    const ended = record.activation ? record.ended : 'deregistered';
    const followUps = record.activation && record.followUps;
    return scheduled({ ...record, node: undefined, released: false, ended, followUps }, ports.clock());
  });
};
