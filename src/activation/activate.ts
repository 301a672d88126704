import type { ActivationCode } from './activation-code.ts';
import { change, type KnownState } from './change.ts';
import { decide, isGone } from './decide.ts';
import { ActivationError, LedgerUnavailable, SystemsManagerUnavailable } from './errors.ts';
import type { ActivationEvent } from './events.ts';
import { AttemptId } from './identifiers.ts';
import type { InstanceName } from './instance-name.ts';
import { claim, failed, holdsAttempt, issued } from './issue.ts';
import { link } from './link.ts';
import { alreadyRegistered, inProgress, look, refusal, tooOften } from './look.ts';
import type { ManagedNode } from './managed-node.ts';
import { settle, undeleted } from './outstanding-work.ts';
import type { MintedActivation, Ports, SystemsManager } from './ports.ts';
import type { Principal } from './principal.ts';
import type { Attempt, NameRecord } from './record.ts';
import type { Tags } from './tags.ts';
import { whatHappened } from './what-happened.ts';

/** A process that holds an attempt for longer than this is taken for dead; it must outlast every request's deadline. */
const LEASE_MS = 30_000;

/** A record has room for so many activations that are still watched: for DynamoDB an item is 400 KB at most. */
export const MOST_SUPERSEDED = 10;

export interface ActivationOrder {
  readonly name: InstanceName;
  readonly tags: Tags;
  readonly principal: Principal;
  /** How long the activation can be used. */
  readonly lifetimeMs: number;
  /** Counts the name against what the caller's proof is good for; called once all else is decided. */
  readonly admit?: ((name: InstanceName) => Promise<void>) | undefined;
  readonly deadline: Date;
  readonly requestId?: string | undefined;
}

export interface Activation {
  readonly id: MintedActivation['id'];
  readonly code: ActivationCode;
  readonly expiresAt: Date;
  readonly tags: Tags;
}

/**
 * Mints the one activation that may register this name.
 * The order of its steps is what keeps P1 and P4: the name is claimed in the ledger, then the earlier activation is
 * deleted, then SSM is asked whether a node had registered with it, and only then is another minted.
 */
export const activate = async (ports: Ports, order: ActivationOrder): Promise<Activation> => {
  const systemsManager = ports.systemsManager(order.deadline);
  // In a storm those for whom there is no place are turned away before they cost the ledger anything.
  await systemsManager.reserveCall();
  try {
    return await activateWith(systemsManager, ports, order);
  } finally {
    await systemsManager.giveBackCall();
  }
};

const activateWith = async (
  systemsManager: SystemsManager,
  ports: Ports,
  order: ActivationOrder,
): Promise<Activation> => {
  const claimed = await claimName(ports, systemsManager, order);
  const { attempt } = claimed;
  try {
    const record = await retireEarlierActivations(ports, systemsManager, claimed.record, attempt);
    return await mint(ports, systemsManager, order, attempt, { record });
  } catch (error) {
    const strayPossible = mayHaveMinted(error);
    await change(ports, order.name, (record) =>
      holdsAttempt(record, attempt.id) ? failed(record, strayPossible, ports.clock()) : record,
    );
    throw error;
  }
};

/** t1 CreateActivation answers, t2 the ledger does not: the activation is there, and nobody was given it. */
const mayHaveMinted = (error: unknown): boolean => {
  if (error instanceof SystemsManagerUnavailable) return error.mayHaveActed;
  return error instanceof LedgerUnavailable || !(error instanceof ActivationError);
};

const claimName = async (ports: Ports, systemsManager: SystemsManager, order: ActivationOrder) => {
  const { name, principal } = order;
  const { seen, live, refused } = await look(ports, systemsManager, name, principal);
  if (refused) throw refused;
  await order.admit?.(name);
  const attemptId = AttemptId.parse(ports.newId());
  let attempt: Attempt | undefined;
  const claiming = (current: NameRecord, isNew: boolean) => {
    const now = ports.clock();
    // SSM was asked about the node that the name had a moment ago; about another one the answer says nothing.
    if (current.node?.id !== seen?.node?.id) throw inProgress(name, now, now);
    const decision = decide(isNew ? undefined : current, live, principal, now);
    if (decision.kind !== 'issue') throw refusal(decision, name, now);
    if (current.superseded.length >= MOST_SUPERSEDED) throw tooOften(name);
    attempt = {
      id: attemptId,
      principal,
      grant: decision.grant,
      replaces: decision.replaces,
      tags: { ...order.tags },
      leaseUntil: new Date(now.getTime() + LEASE_MS),
    };
    const gone = current.node !== undefined && isGone(current.node, live, now);
    return claim(current, attempt, gone, now);
  };
  const record = await change(ports, name, claiming, whatHappened(ports), { record: seen });
  if (!attempt) throw new TypeError('a claim was written without an attempt');
  return { record, attempt };
};

/**
 * Deletes what the name's earlier activations could still register, then looks at what they did register: after the
 * deletion no further node can come of them, so a node found Online now is the name's node and ends the attempt.
 */
const retireEarlierActivations = async (
  ports: Ports,
  systemsManager: SystemsManager,
  record: NameRecord,
  attempt: Attempt,
): Promise<NameRecord> => {
  if (record.superseded.length === 0) return record;
  const deleted = undeleted(record);
  for (const id of deleted) await systemsManager.deleteActivation(id);
  const nodes = await systemsManager.nodesOf(record.superseded.map(({ id }) => id));
  const looking = (current: NameRecord) => {
    const now = ports.clock();
    if (!holdsAttempt(current, attempt.id)) throw inProgress(record.name, now, now);
    const linked = link(settle(current, { deleted, deregistered: [] }, now), nodes, now);
    return mustYield(linked, nodes, attempt.principal, now) ? { ...linked, attempt: undefined } : linked;
  };
  const looked = await change(ports, record.name, looking, whatHappened(ports), { record });
  if (!looked.attempt && looked.node) throw alreadyRegistered(looked.node.id, record.name);
  return looked;
};

/** Whether a node that turned up after all keeps the name from its caller. */
const mustYield = (
  record: NameRecord,
  nodes: readonly ManagedNode[],
  principal: Principal,
  now: Date,
): boolean => {
  const live = nodes.find(({ id }) => id === record.node?.id);
  if (!live) return false;
  return decide({ ...record, attempt: undefined }, live, principal, now).kind !== 'issue';
};

const mint = async (
  ports: Ports,
  systemsManager: SystemsManager,
  order: ActivationOrder,
  attempt: Attempt,
  known: KnownState,
): Promise<Activation> => {
  // SSM keeps whole seconds; the answer is to say what SSM keeps.
  const expiresAt = new Date(Math.floor((ports.clock().getTime() + order.lifetimeMs) / 1000) * 1000);
  const { name } = order;
  const minted = await systemsManager.createActivation({
    name,
    tags: attempt.tags,
    expiresAt,
    attemptId: attempt.id,
  });
  const { id, code, strayPossible } = minted;
  const event: ActivationEvent = {
    id: ports.newId(),
    at: ports.clock(),
    kind: 'ActivationIssued',
    name,
    actor: { kind: 'machine', principal: order.principal },
    requestId: order.requestId,
    activationId: id,
    tags: attempt.tags,
  };
  const issuing = (current: NameRecord) =>
    holdsAttempt(current, attempt.id)
      ? issued(current, attempt, { id, expiresAt, strayPossible }, ports.clock())
      : current;
  const issuance = (_before: NameRecord, { activation }: NameRecord) =>
    activation?.id === id ? [event] : [];
  const record = await change(ports, name, issuing, issuance, known);
  // The lease ended while this process was held up, and another attempt has the name now.
  if (record.activation?.id !== id) {
    await systemsManager.deleteActivation(id);
    throw inProgress(name, ports.clock(), ports.clock());
  }
  return { id, code, expiresAt, tags: attempt.tags };
};
