import { change } from './change.ts';
import type { InstanceName } from './instance-name.ts';
import { link, watchedActivations } from './link.ts';
import type { Ports } from './ports.ts';

/** Links a node that has registered since the sweep last looked, so that whoever asks about it now finds it. */
export const lookForNode = async (ports: Ports, name: InstanceName, deadline: Date): Promise<void> => {
  const record = await ports.ledger.read(name);
  if (!record?.activation) return;
  const nodes = await ports.systemsManager(deadline).nodesOf(watchedActivations(record));
  if (nodes.length > 0) await change(ports, name, (current) => link(current, nodes, ports.clock()));
};
