import { scheduled } from './due.ts';
import type { ActivationId } from './identifiers.ts';
import { judge, type Source } from './judge.ts';
import { hasBeenOnline, type ManagedNode } from './managed-node.ts';
import { isGone, type Reading, shownIn } from './reading.ts';
import type { LinkedNode, NameRecord, Newcomer, SupersededActivation } from './record.ts';
import { revokeIfOnline, stripIfBack, supersede } from './supersede.ts';
import { followUpsFor, machineOnItsWay, withChanges } from './tag-changes.ts';
import { tagIn } from './tags.ts';

/**
 * The activations that one reading must ask about: all those under which a node may yet show up, and the linked node's own,
 * whose ping decides about them. Empty when the name waits for nothing.
 */
export const watchedActivations = ({ activation, superseded, node }: NameRecord): ActivationId[] => {
  const isNodeSettled = !node || (node.seenOnline && !node.doubtedUntil);
  const isSettled = !activation && superseded.length === 0 && isNodeSettled;
  if (isSettled) return [];
  const ids = [activation?.id, ...superseded.map(({ id }) => id), node?.activationId];
  return [...new Set(ids.filter((id) => id !== undefined))];
};

/**
 * Takes in what a reading says of the nodes that registered under the name's activations, the oldest registration first.
 * The name maps to the node that registered last under a grant that still held; those it replaces are to be deregistered
 * (P6, P10).
 */
export const link = (record: NameRecord, reading: Reading, now: Date): NameRecord => {
  const noted = withLiveNode(record, reading);
  const linked = newcomersIn(noted, reading).reduce(
    (current, newcomer) => linkOne(current, newcomer, reading, now),
    isStillWaiting(noted, reading) ? noted : { ...noted, newcomer: undefined },
  );
  const isOnline = linked.node !== undefined && shownIn(reading, linked.node)?.pingStatus === 'Online';
  const settled = revokeIfOnline(stripIfBack(linked, isOnline, now), now);
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
  const missing = Object.keys(changes).filter((key) => (tagIn(node.tags, key) ?? null) !== changes[key]);
  const tags = withChanges(node.tags, changes);
  const unappliedTags = [...new Set([...node.unappliedTags, ...missing])];
  return { ...record, followUps: undefined, node: { ...node, tags, unappliedTags } };
};

/** Once seen Online a node stays so, however silent it is. */
const withLiveNode = (record: NameRecord, reading: Reading): NameRecord => {
  const { node } = record;
  const live = node && shownIn(reading, node);
  if (node?.doubtedUntil && isGone(node, reading)) return withoutNode(record);
  if (!node || !live) return record;
  const seenOnline = node.seenOnline || hasBeenOnline(live);
  return { ...record, node: { ...node, seenOnline, doubtedUntil: undefined } };
};

/**
 * A name whose node was deregistered outside this service. t1 a slow sweep reads the node, t2 it is deregistered by hand and
 * found gone, t3 the slow sweep would link it again: its activation is decided on.
 */
export const withoutNode = (record: NameRecord): NameRecord => ({
  ...record,
  superseded: record.superseded.map((one) =>
    one.id === record.node?.activationId ? { ...one, standing: 'decided' } : one,
  ),
  node: undefined,
  released: false,
  ended: record.activation ? record.ended : 'deregistered',
  followUps: machineOnItsWay(record) && record.followUps,
});

interface Arrival {
  readonly node: ManagedNode;
  readonly source: Source;
}

/** Of nodes registered at one moment the earlier activation's comes first. */
const newcomersIn = ({ activation, superseded, node }: NameRecord, { nodes }: Reading): Arrival[] =>
  [...superseded, ...(activation ? [activation] : [])]
    .flatMap((source): Arrival[] => {
      const found = nodes.get(source.id);
      const isDecided = 'standing' in source && source.standing === 'decided';
      return found && !isDecided && found.id !== node?.id ? [{ node: found, source }] : [];
    })
    .toSorted((a, b) => a.node.registeredAt.getTime() - b.node.registeredAt.getTime());

const linkOne = (record: NameRecord, { node, source }: Arrival, reading: Reading, now: Date): NameRecord => {
  switch (judge(record, node, source, reading)) {
    case 'disown':
      return leaving(decided(record, source.id, now), node);
    case 'wait':
      return { ...record, newcomer: earlier(record.newcomer, waiting(node, reading)) };
    case 'link':
      return linkedTo(record, node, source, now);
  }
};

const linkedTo = (record: NameRecord, node: ManagedNode, source: Source, now: Date): NameRecord => {
  const { node: current } = record;
  const tags = withChanges(source.tags, followUpsFor(record, source.principal));
  const registered: LinkedNode = {
    id: node.id,
    activationId: node.activationId,
    principal: source.principal,
    registeredAt: node.registeredAt,
    linkedAt: now,
    seenOnline: hasBeenOnline(node),
    tags,
    unappliedTags: Object.keys({ ...source.tags, ...tags }).filter(
      (key) => tagIn(source.tags, key) !== tagIn(tags, key),
    ),
  };
  const freed = current ? leaving(decided(record, current.activationId, now), current) : record;
  return {
    ...freed,
    activation: record.activation?.id === source.id ? undefined : freed.activation,
    node: registered,
    newcomer: record.newcomer?.id === node.id ? undefined : record.newcomer,
    // It was another node that was released.
    released: false,
    ended: undefined,
  };
};

/** The node of this activation is decided on for good; an activation that is out becomes an earlier one. */
const decided = (record: NameRecord, id: ActivationId, now: Date): NameRecord => {
  if (record.activation?.id === id) return supersede(record, now, 'decided');
  const decide = (one: SupersededActivation) =>
    one.id === id ? { ...one, standing: 'decided' as const } : one;
  return { ...record, superseded: record.superseded.map(decide) };
};

/** The name does not map to it, nor will; it is to be deregistered. */
const leaving = (record: NameRecord, { id, registeredAt }: ManagedNode | LinkedNode): NameRecord => ({
  ...record,
  newcomer: record.newcomer?.id === id ? undefined : record.newcomer,
  replacedNodes: [...record.replacedNodes, { id, registeredAt }],
});

const waiting = (node: ManagedNode, { takenAt, settledUntil }: Reading): Newcomer => ({
  id: node.id,
  activationId: node.activationId,
  registeredAt: node.registeredAt,
  settlesAt: new Date(node.registeredAt.getTime() + takenAt.getTime() - settledUntil.getTime()),
  seenOnline: hasBeenOnline(node),
});

/** Readings differ: one may miss a ping that an earlier one showed. */
const earlier = (known: Newcomer | undefined, seen: Newcomer): Newcomer => {
  if (known?.id === seen.id) return { ...seen, seenOnline: known.seenOnline || seen.seenOnline };
  return known && known.registeredAt < seen.registeredAt ? known : seen;
};

/** A newcomer that the reading does not show may be missing from it, or no longer be there. */
const isStillWaiting = ({ newcomer, activation, superseded }: NameRecord, reading: Reading): boolean => {
  if (!newcomer) return false;
  const { activationId, registeredAt } = newcomer;
  const isOpen =
    activation?.id === activationId ||
    superseded.some(({ id, standing }) => id === activationId && standing !== 'decided');
  const isMissing = reading.asked.has(activationId) && !reading.nodes.has(activationId);
  return isOpen && !(isMissing && registeredAt < reading.settledUntil);
};
