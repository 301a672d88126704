import type { ActivationId } from './identifiers.ts';
import type { ManagedNode } from './managed-node.ts';
import type { Ports, SystemsManager } from './ports.ts';
import type { LinkedNode } from './record.ts';

/**
 * What one look at Systems Manager showed of some activations' nodes. Its reads are eventually consistent: what happened
 * lately may be missing, a registration, a ping and a deletion each by itself. So a node that is missing proves nothing
 * while it is young.
 */
export interface Reading {
  /** Nodes of other activations were not asked about: that they are missing means nothing. */
  readonly asked: ReadonlySet<ActivationId>;
  readonly nodes: ReadonlyMap<ActivationId, ManagedNode>;
  /** Taken before the call was sent. t1 SSM is read, t2 a node pings, t3 the time is taken: that ping would seem old. */
  readonly takenAt: Date;
  /** Whatever happened before this moment is in the answer. */
  readonly settledUntil: Date;
}

export const NO_READING: Reading = {
  asked: new Set(),
  nodes: new Map(),
  takenAt: new Date(0),
  settledUntil: new Date(0),
};

export const readingOf = (
  asked: Iterable<ActivationId>,
  nodes: readonly ManagedNode[],
  takenAt: Date,
  settlingMs: number,
): Reading => ({
  asked: new Set(asked),
  // An activation's registration limit is 1.
  nodes: new Map(nodes.map((node) => [node.activationId, node])),
  takenAt,
  settledUntil: new Date(takenAt.getTime() - settlingMs),
});

/** Asks Systems Manager about these activations' nodes; about none, it is not called. */
export const readNodes = async (
  ports: Pick<Ports, 'clock' | 'settlingMs'>,
  systemsManager: Pick<SystemsManager, 'nodesOf'>,
  activations: readonly ActivationId[],
): Promise<Reading> => {
  const takenAt = ports.clock();
  const nodes = activations.length === 0 ? [] : await systemsManager.nodesOf(activations);
  return readingOf(activations, nodes, takenAt, ports.settlingMs);
};

/** The linked node as the reading shows it; undefined when it does not. */
export const shownIn = (reading: Reading, node: LinkedNode): ManagedNode | undefined => {
  const shown = reading.nodes.get(node.activationId);
  return shown?.id === node.id ? shown : undefined;
};

/** Whether the linked node was deregistered outside this service: the reading would show it otherwise. */
export const isGone = (node: LinkedNode, reading: Reading): boolean =>
  reading.asked.has(node.activationId) &&
  shownIn(reading, node) === undefined &&
  node.linkedAt < reading.settledUntil;
