import { change } from './change.ts';
import { scheduled } from './due.ts';
import { NameUnknown } from './errors.ts';
import { lookForNode } from './look-for-node.ts';
import { doOutstandingWork, settle } from './outstanding-work.ts';
import type { Ports } from './ports.ts';
import type { NameRecord } from './record.ts';
import type { OperatorOrder } from './release.ts';
import { abandonAttempt, supersede } from './supersede.ts';

export interface Removal {
  readonly record: NameRecord;
  /** False while Systems Manager has not yet confirmed; the sweep goes on. */
  readonly complete: boolean;
}

/** Deregisters a name's node and revokes its activation, if it has them; the name is free afterwards. */
export const remove = async (ports: Ports, order: OperatorOrder): Promise<Removal> => {
  await lookForNode(ports, order.name, order.deadline);
  let removedNode: NameRecord['node'];
  const removed = await change(ports, order.name, (record, isNew) => {
    if (isNew) throw new NameUnknown(`No machine ever activated as ${order.name}.`);
    const now = ports.clock();
    removedNode = record.node;
    return isFree(record) ? record : scheduled(freed(record, now), now);
  });
  await ports.events.append({
    id: ports.newId(),
    at: ports.clock(),
    kind: 'NodeRemoved',
    name: order.name,
    actor: { kind: 'operator', subject: order.operator },
    requestId: order.requestId,
    nodeId: removedNode?.id,
  });
  const done = await doOutstandingWork(removed, ports.systemsManager(order.deadline));
  const record = await change(ports, order.name, (current) => settle(current, done, ports.clock()));
  return { record, complete: done.interrupted === undefined };
};

/** Nothing can give the name a node. */
const isFree = ({ node, activation, attempt, superseded }: NameRecord): boolean =>
  !node && !activation && !attempt && superseded.every(({ disowned }) => disowned);

/** An attempt under way is abandoned too: the caller who waits for it must not get in after the removal. */
const freed = (record: NameRecord, now: Date): NameRecord => {
  const { superseded, ...rest } = supersede(abandonAttempt(record, now), now);
  return {
    ...rest,
    superseded: superseded.map((activation) => ({ ...activation, disowned: true })),
    node: undefined,
    released: false,
    followUpTags: {},
    ended: record.node ? 'deregistered' : 'revoked',
    replacedNodes: record.node ? [...record.replacedNodes, record.node.id] : record.replacedNodes,
  };
};
