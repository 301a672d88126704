import { change } from './change.ts';
import { scheduled } from './due.ts';
import { InstanceName } from './instance-name.ts';
import { undecided } from './judge.ts';
import { hasBeenOnline, type ManagedNode } from './managed-node.ts';
import { forgetNode } from './node-events.ts';
import type { DescribedActivation, Ports, SystemsManager } from './ports.ts';
import type { LinkedNode, NameRecord } from './record.ts';

/** What differed between the ledger and Systems Manager, and what was done about it. */
export interface Difference {
  readonly kind: 'adopted' | 'gone' | 'orphan-deleted' | 'conflict' | 'unnamed';
  readonly name: string;
  readonly detail: string;
}

const PAGE = 100;

/**
 * Rebuilds the ledger's view from Systems Manager alone, for a ledger that was lost, or nodes that were there first.
 * A node whose name the ledger does not know is adopted; a name whose node is gone is freed; an activation of this
 * service that no name knows is deleted. Where both know of different nodes nothing is done: that is for an operator.
 */
export const reconcile = async (ports: Ports): Promise<readonly Difference[]> => {
  const systemsManager = ports.systemsManager();
  const takenAt = ports.clock();
  const settledUntil = new Date(takenAt.getTime() - ports.settlingMs);
  const [nodes, activations] = [await systemsManager.allNodes(), await systemsManager.allActivations()];
  const tagsOf = new Map(activations.map(({ id, tags }) => [id, tags]));
  const differences: Difference[] = [];

  const listed = new Set(nodes.map(({ id }) => id));
  // First, so that a name is free for the node that has it now: a ledger restored from a backup knows the one before.
  for await (const record of allRecords(ports)) {
    const { node, name } = record;
    if (!node || listed.has(node.id) || node.linkedAt >= settledUntil) continue;
    await forgetNode(ports, name, node.id, takenAt);
    differences.push({ kind: 'gone', name, detail: `${node.id} is no longer registered; the name is free` });
  }

  // Of several nodes of one name that the ledger does not know, the one registered last has it (P6).
  const newestFirst = nodes.toSorted((a, b) => b.registeredAt.getTime() - a.registeredAt.getTime());
  for (const node of newestFirst) {
    differences.push(...(await reconcileNode(ports, node, { ...tagsOf.get(node.activationId) })));
  }
  for (const activation of activations) {
    differences.push(...(await reconcileActivation(ports, systemsManager, activation)));
  }
  return differences;
};

async function* allRecords(ports: Ports): AsyncGenerator<NameRecord> {
  let after: InstanceName | undefined;
  do {
    const page = await ports.ledger.list({ prefix: '', limit: PAGE, after });
    yield* page;
    after = page.length < PAGE ? undefined : page.at(-1)?.name;
  } while (after !== undefined);
}

const reconcileNode = async (
  ports: Ports,
  node: ManagedNode,
  tags: Record<string, string>,
): Promise<Difference[]> => {
  const { name } = node;
  if (name === undefined) {
    return [{ kind: 'unnamed', name: node.id, detail: 'it has no name by which it could be adopted' }];
  }
  const known = await ports.ledger.read(name);
  if (known && isKnown(known, node)) return [];
  if (!InstanceName.safeParse(name).success) {
    return [{ kind: 'unnamed', name: node.id, detail: 'its name is not one that a machine may have here' }];
  }
  if (known && isHeldOrAwaited(known)) {
    const holder = known.node?.id ?? 'a machine that is on its way in';
    return [
      { kind: 'conflict', name, detail: `${node.id} has this name too, which the ledger gives to ${holder}` },
    ];
  }
  const adopted: LinkedNode = {
    id: node.id,
    activationId: node.activationId,
    // Nobody's proof: whoever proves to be the machine at a later time is fresher.
    principal: { proof: 'adopted', subject: node.id, madeAt: node.registeredAt, mayRejoin: false },
    registeredAt: node.registeredAt,
    linkedAt: ports.clock(),
    seenOnline: hasBeenOnline(node),
    tags,
    unappliedTags: [],
  };
  const record = await change(ports, name, (current) =>
    isHeldOrAwaited(current)
      ? current
      : scheduled({ ...current, node: adopted, ended: undefined }, ports.clock()),
  );
  if (record.node?.id !== node.id) return [];
  const actor = { kind: 'sweep' } as const;
  await ports.events.append({
    id: ports.newId(),
    at: ports.clock(),
    kind: 'NodeAdopted',
    name,
    nodeId: node.id,
    actor,
  });
  return [{ kind: 'adopted', name, detail: `${node.id}, registered ${node.registeredAt.toISOString()}` }];
};

/**
 * t1 A's activation is superseded, t2 A registers and pings, t3 a node of the same name is registered by hand: adopted, it would
 * take the name from A, which was Online before it (P10).
 */
const isHeldOrAwaited = (record: NameRecord): boolean =>
  record.node !== undefined || record.attempt !== undefined || undecided(record).length > 0;

/** A node that the name's own bookkeeping accounts for, or soon will. */
const isKnown = (record: NameRecord, { id, activationId }: ManagedNode): boolean =>
  record.node?.id === id ||
  record.replacedNodes.some((node) => node.id === id) ||
  record.activation?.id === activationId ||
  record.superseded.some((activation) => activation.id === activationId);

const reconcileActivation = async (
  ports: Ports,
  systemsManager: SystemsManager,
  activation: DescribedActivation,
): Promise<Difference[]> => {
  const { id, name, attemptId, canRegister } = activation;
  if (!canRegister || name === undefined || attemptId === undefined) return [];
  const record = await ports.ledger.read(name);
  const isAccountedFor =
    record?.activation?.id === id ||
    record?.attempt?.id === attemptId ||
    record?.superseded.some((one) => one.id === id) ||
    record?.strayAttempts.some((one) => one.id === attemptId);
  if (isAccountedFor) return [];
  await systemsManager.deleteActivation(id);
  return [{ kind: 'orphan-deleted', name, detail: `activation ${id} could register and no name knew of it` }];
};
