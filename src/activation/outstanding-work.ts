import { scheduled } from './due.ts';
import { SystemsManagerUnavailable, TagsRefused } from './errors.ts';
import type { ActivationId, ManagedNodeId } from './identifiers.ts';
import { expectLate } from './late-tags.ts';
import type { Known, Ports, SystemsManager, TagsSent } from './ports.ts';
import type { LinkedNode, NameRecord, SupersededActivation } from './record.ts';
import { tagIn } from './tags.ts';

/** What was done about a name in Systems Manager, to be written into its record. */
export interface WorkDone {
  readonly deleted: readonly ActivationId[];
  readonly deregistered: readonly ManagedNodeId[];
  /** The tags sent to a node; keys that were removed have no value. */
  readonly applied?: { readonly node: ManagedNodeId; readonly tags: ReadonlyMap<string, string | undefined> };
  /** SSM will never take these tags. */
  readonly refused?: TagsRefused;
  /** Keys of which a call that was not answered may put the values on the node later. */
  readonly late?: { readonly node: ManagedNodeId; readonly keys: readonly string[] };
  /** What stopped the work before it was complete. */
  readonly interrupted?: SystemsManagerUnavailable;
}

/** The earlier activations that may still be used. */
export const undeleted = ({ superseded }: NameRecord): readonly SupersededActivation[] =>
  superseded.filter(({ deleted }) => !deleted);

/**
 * Deletes an activation, and tells whether it is gone for certain. t1 an activation is minted, t2 a replica that has not heard
 * of it answers that there is none, t3 a machine registers with it: so a young one that is not known is tried again.
 */
export const deleteForCertain = async (
  ports: Pick<Ports, 'clock' | 'settlingMs'>,
  systemsManager: SystemsManager,
  { id, issuedAt }: Pick<SupersededActivation, 'id' | 'issuedAt'>,
): Promise<boolean> => {
  const isOld = isKnownEverywhere(ports, issuedAt);
  return (await systemsManager.deleteActivation(id)) === 'done' || isOld;
};

/** Asked before the call is sent. t1 it is sent, t2 this process is held up, t3 what is young would look old. */
const isKnownEverywhere = ({ clock, settlingMs }: Pick<Ports, 'clock' | 'settlingMs'>, since: Date) =>
  clock().getTime() - since.getTime() > settlingMs;

/** Does all that is outstanding for a name, as far as Systems Manager lets it. */
export const doOutstandingWork = async (
  ports: Pick<Ports, 'clock' | 'settlingMs'>,
  record: NameRecord,
  systemsManager: SystemsManager,
): Promise<WorkDone> => {
  const deleted: ActivationId[] = [];
  const deregistered: ManagedNodeId[] = [];
  try {
    // The process that holds an attempt deletes them itself.
    for (const activation of record.attempt ? [] : undeleted(record)) {
      if (await deleteForCertain(ports, systemsManager, activation)) deleted.push(activation.id);
    }
    for (const { id, registeredAt } of record.replacedNodes) {
      const isOld = isKnownEverywhere(ports, registeredAt);
      if ((await systemsManager.deregister(id)) === 'done' || isOld) deregistered.push(id);
    }
    const tagged = record.node ? await applyTags(ports, record.node, systemsManager) : {};
    return { deleted, deregistered, ...tagged };
  } catch (error) {
    if (!(error instanceof SystemsManagerUnavailable)) throw error;
    return { deleted, deregistered, interrupted: error };
  }
};

export const NOTHING_DONE: WorkDone = { deleted: [], deregistered: [] };

const applyTags = async (
  ports: Pick<Ports, 'clock' | 'settlingMs'>,
  node: LinkedNode,
  systemsManager: SystemsManager,
): Promise<Pick<WorkDone, 'applied' | 'refused' | 'late' | 'interrupted'>> => {
  if (node.unappliedTags.length === 0) return {};
  const toSet = node.unappliedTags.flatMap((key) => {
    const value = tagIn(node.tags, key);
    return value === undefined ? [] : [[key, value] as const];
  });
  const toRemove = node.unappliedTags.filter((key) => tagIn(node.tags, key) === undefined);
  const isOld = isKnownEverywhere(ports, node.registeredAt);
  const applied = {
    node: node.id,
    tags: new Map(node.unappliedTags.map((key) => [key, tagIn(node.tags, key)])),
  };
  const known: Known[] = [];
  const late = new Set<string>();
  const note = (keys: readonly string[], sent: TagsSent): void => {
    known.push(sent.known);
    if (sent.mayComeAgain) for (const key of keys) late.add(key);
  };
  const mayComeLate = () => (late.size === 0 ? {} : { late: { node: node.id, keys: [...late] } });
  try {
    // Removing first makes room when the node is near SSM's limit of tags.
    if (toRemove.length > 0) note(toRemove, await systemsManager.removeTags(node.id, toRemove));
    if (toSet.length > 0) {
      const keys = toSet.map(([key]) => key);
      note(keys, await systemsManager.addTags(node.id, Object.fromEntries(toSet)));
    }
    if (known.every((one) => one === 'done')) return { applied, ...mayComeLate() };
    // A node that registered a moment ago is not known everywhere: the tags are tried again.
    if (!isOld) return mayComeLate();
    return { applied, refused: new TagsRefused('Systems Manager no longer has the node.') };
  } catch (error) {
    if (error instanceof TagsRefused) return { applied, refused: error, ...mayComeLate() };
    if (!(error instanceof SystemsManagerUnavailable)) throw error;
    if (error.mayHaveActed) for (const key of node.unappliedTags) late.add(key);
    return { interrupted: error, ...mayComeLate() };
  }
};

/**
 * Writes what was done into the record. An activation is watched on from its deletion: t1 it is superseded and SSM does
 * not answer for long, t2 the sweep sees no node of it, t3 a machine registers, t4 it is deleted. Were it forgotten by
 * its age since t1, that node would never be the name's (P6).
 */
export const settle = (record: NameRecord, done: WorkDone, now: Date): NameRecord => {
  const isNothing =
    done.deleted.length === 0 && done.deregistered.length === 0 && !done.applied && !done.late;
  if (isNothing) return record;
  const next: NameRecord = {
    ...record,
    superseded: record.superseded.map((activation) =>
      done.deleted.includes(activation.id) && !activation.deleted
        ? { ...activation, deleted: true, since: now }
        : activation,
    ),
    replacedNodes: record.replacedNodes.filter(({ id }) => !done.deregistered.includes(id)),
    node: record.node && expectingLate(settleTags(record.node, done), done, now),
  };
  return scheduled(next, now);
};

/**
 * Two callers set one key: t1 A writes k=1, t2 B writes k=2, t3 B's value reaches the node and is settled, t4 A's value
 * reaches the node. At t5, settling A, the node has k=1 while the ledger wants k=2: the key is to be applied again.
 */
const settleTags = (node: LinkedNode, { applied, refused }: WorkDone): LinkedNode => {
  if (!applied || applied.node !== node.id) return node;
  const stale = [...applied.tags]
    .filter(([key, value]) => tagIn(node.tags, key) !== value)
    .map(([key]) => key);
  const untouched = node.unappliedTags.filter((key) => !applied.tags.has(key));
  const tags = refused
    ? Object.fromEntries(Object.entries(node.tags).filter(([key, value]) => applied.tags.get(key) !== value))
    : node.tags;
  return { ...node, tags, unappliedTags: [...new Set([...untouched, ...stale])] };
};

const expectingLate = (node: LinkedNode, { late }: WorkDone, now: Date): LinkedNode =>
  late?.node === node.id ? expectLate(node, late.keys, now) : node;
