import { scheduled } from './due.ts';
import { hasBeenOnline, type ManagedNode } from './managed-node.ts';
import type { LinkedNode, NameRecord } from './record.ts';
import { revokeIfOnline } from './supersede.ts';
import { followUpsFor, withChanges } from './tag-changes.ts';

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
  const oldestFirst = nodes.toSorted((a, b) => a.registeredAt.getTime() - b.registeredAt.getTime());
  const linked = oldestFirst.reduce((current, node) => linkOne(current, node, now), record);
  const settled = revokeIfOnline(linked, now);
  const isNewlyOnline =
    linked.node?.seenOnline && !(record.node?.id === linked.node.id && record.node.seenOnline);
  return scheduled(
    isNewlyOnline && !settled.activation && !settled.attempt ? withFollowUps(settled) : settled,
    now,
  );
};

/** A node that has reported is not replaced as a burned one is: the tags that were to follow are its own from then on. */
const withFollowUps = (record: NameRecord): NameRecord => {
  const { node } = record;
  if (!node) return record;
  const changes = followUpsFor(record, node.principal);
  const missing = Object.keys(changes).filter((key) => (node.tags[key] ?? null) !== changes[key]);
  const tags = withChanges(node.tags, changes);
  const unappliedTags = [...new Set([...node.unappliedTags, ...missing])];
  return { ...record, followUps: undefined, node: { ...node, tags, unappliedTags } };
};

/** Of two nodes registered at one moment the later activation's wins, whichever is noticed first and however often. */
const isLater = (record: NameRecord, node: ManagedNode, current: LinkedNode): boolean => {
  const ahead = node.registeredAt.getTime() - current.registeredAt.getTime();
  return ahead > 0 || (ahead === 0 && turnOf(record, node) >= turnOf(record, current));
};

/** When a node's activation was issued, among the name's; one that was not superseded came after those that were. */
const turnOf = ({ superseded }: NameRecord, { activationId }: Pick<ManagedNode, 'activationId'>): number => {
  const turn = superseded.findIndex(({ id }) => id === activationId);
  return turn < 0 ? superseded.length : turn;
};

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
  if (disowned || (current && !isLater(record, node, current))) {
    return { ...record, replacedNodes: [...record.replacedNodes, node.id] };
  }
  const tags = withChanges(source.tags, followUpsFor(record, source.principal));
  const registered: LinkedNode = {
    id: node.id,
    activationId: node.activationId,
    principal: source.principal,
    registeredAt: node.registeredAt,
    linkedAt: now,
    seenOnline: hasBeenOnline(node),
    tags,
    unappliedTags: Object.keys({ ...source.tags, ...tags }).filter((key) => source.tags[key] !== tags[key]),
  };
  return {
    ...record,
    activation: isOutstanding ? undefined : record.activation,
    node: registered,
    // It was another node that was released.
    released: false,
    ended: undefined,
    replacedNodes: current ? [...record.replacedNodes, current.id] : record.replacedNodes,
  };
};
