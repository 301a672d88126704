import { scheduled } from './due.ts';
import { hasBeenOnline, type ManagedNode } from './managed-node.ts';
import type { LinkedNode, NameRecord } from './record.ts';
import { revokeIfOnline } from './supersede.ts';

/** Every activation under which a node of this name may yet show up or report for the first time. */
export const watchedActivations = (record: NameRecord) => [
  ...(record.activation ? [record.activation.id] : []),
  ...record.superseded.map(({ id }) => id),
  ...(record.node && !record.node.seenOnline ? [record.node.activationId] : []),
];

/**
 * Takes in what SSM says of the nodes that registered under the name's activations. The node registered last becomes
 * the one that the name maps to, and those it replaces are to be deregistered (P6).
 */
export const link = (record: NameRecord, nodes: readonly ManagedNode[], now: Date): NameRecord => {
  const oldestFirst = nodes.toSorted(byRegistration);
  const linked = oldestFirst.reduce((current, node) => linkOne(current, node, now), record);
  return scheduled(revokeIfOnline(linked, now), now);
};

/** Of nodes registered at one moment the id decides, so that every look, however stale, sees the same one as the last. */
const byRegistration = (a: Registered, b: Registered): number =>
  a.registeredAt.getTime() - b.registeredAt.getTime() || (a.id < b.id ? -1 : 1);
type Registered = Pick<ManagedNode, 'id' | 'registeredAt'>;

const linkOne = (record: NameRecord, node: ManagedNode, now: Date): NameRecord => {
  const current = record.node;
  if (current?.id === node.id) {
    return { ...record, node: { ...current, seenOnline: current.seenOnline || hasBeenOnline(node) } };
  }
  const isOutstanding = record.activation?.id === node.activationId;
  const source = isOutstanding
    ? record.activation
    : record.superseded.find(({ id }) => id === node.activationId);
  if (!source || record.replacedNodes.includes(node.id)) return record;
  const disowned = 'disowned' in source && source.disowned;
  if (disowned || (current && byRegistration(current, node) > 0)) {
    return { ...record, replacedNodes: [...record.replacedNodes, node.id] };
  }
  const tags = { ...source.tags, ...record.followUpTags };
  const registered: LinkedNode = {
    id: node.id,
    activationId: node.activationId,
    principal: source.principal,
    registeredAt: node.registeredAt,
    linkedAt: now,
    seenOnline: hasBeenOnline(node),
    tags,
    unappliedTags: Object.keys(tags).filter((key) => source.tags[key] !== tags[key]),
  };
  return {
    ...record,
    activation: isOutstanding ? undefined : record.activation,
    node: registered,
    ended: undefined,
    replacedNodes: current ? [...record.replacedNodes, current.id] : record.replacedNodes,
  };
};
