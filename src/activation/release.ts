import { change } from './change.ts';
import { ActivationInProgress, NameUnknown } from './errors.ts';
import type { InstanceName } from './instance-name.ts';
import { lookForNode } from './look-for-node.ts';
import type { Ports } from './ports.ts';
import type { NameRecord, Newcomer } from './record.ts';

export interface OperatorOrder {
  readonly name: InstanceName;
  readonly operator: string;
  readonly requestId?: string | undefined;
}

/** Lets a name whose node has been Online activate once more. Releasing a name that is free already changes nothing. */
export const release = async (ports: Ports, order: OperatorOrder): Promise<NameRecord> => {
  await lookForNode(ports, order.name);
  const event = {
    id: ports.newId(),
    at: ports.clock(),
    kind: 'NodeReleased',
    name: order.name,
    actor: { kind: 'operator', subject: order.operator },
    requestId: order.requestId,
  } as const;
  const releasing = (record: NameRecord, isNew: boolean) => {
    if (isNew) throw new NameUnknown(`No machine ever activated as ${order.name}.`);
    if (!record.node && record.newcomer) throw settling(order.name, record.newcomer, ports.clock());
    return record.node && !record.released ? { ...record, released: true } : record;
  };
  return change(ports, order.name, releasing, ({ node }) => [{ ...event, nodeId: node?.id }]);
};

/** A release is of one node, and which node has the name is not decided yet. */
const settling = (name: InstanceName, { id, settlesAt }: Newcomer, now: Date): ActivationInProgress => {
  const seconds = Math.max(1, Math.ceil((settlesAt.getTime() - now.getTime()) / 1000));
  return new ActivationInProgress(
    `${id} registered as ${name} a moment ago and is not settled; release it then, or remove the name.`,
    seconds,
  );
};
