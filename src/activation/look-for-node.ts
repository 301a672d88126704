import { change } from './change.ts';
import type { InstanceName } from './instance-name.ts';
import { link, watchedActivations } from './link.ts';
import type { Ports } from './ports.ts';
import { readNodes } from './reading.ts';
import { whatHappened } from './what-happened.ts';

/** Links a node that has registered since the sweep last looked, so that whoever asks about it now finds it. */
export const lookForNode = async (ports: Ports, name: InstanceName, withinMs?: number): Promise<void> => {
  const record = await ports.ledger.read(name);
  // A failed attempt leaves a name with neither activation nor node, and a machine may have its earlier activation yet.
  if (!record || (record.node && !record.activation && !record.newcomer)) return;
  const watched = watchedActivations(record);
  if (watched.length === 0) return;
  const reading = await readNodes(ports, ports.systemsManager(withinMs), watched);
  if (reading.nodes.size === 0) return;
  await change(ports, name, (current) => link(current, reading, ports.clock()), whatHappened(ports));
};
