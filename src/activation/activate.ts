import type { ActivationCode } from './activation-code.ts';
import { change, type KnownState } from './change.ts';
import { decide } from './decide.ts';
import { scheduled } from './due.ts';
import { type ActivationError, SystemsManagerFailure } from './errors.ts';
import type { ActivationEvent } from './events.ts';
import { type ActivationId, AttemptId } from './identifiers.ts';
import type { InstanceName } from './instance-name.ts';
import { claim, failed, holdsAttempt, issued } from './issue.ts';
import { link } from './link.ts';
import { inProgress, look, refusal, tooOften } from './look.ts';
import { deleteForCertain, settle, undeleted } from './outstanding-work.ts';
import type { MintedActivation, Ports, SystemsManager } from './ports.ts';
import type { Principal } from './principal.ts';
import { isGone, readNodes } from './reading.ts';
import type { Attempt, NameRecord } from './record.ts';
import { hasRoom } from './record-size.ts';
import { deleteStrays, straysOf } from './stray-activations.ts';
import { supersede } from './supersede.ts';
import type { Tags } from './tags.ts';
import { whatHappened } from './what-happened.ts';

/** A process that holds an attempt for longer than this is taken for dead; it must outlast every request's deadline. */
const LEASE_MS = 30_000;

/** So many earlier activations may still be watched, however small they are. */
export const MOST_SUPERSEDED = 10;

export interface ActivationOrder {
  readonly name: InstanceName;
  readonly tags: Tags;
  readonly principal: Principal;
  /** How long the activation can be used. */
  readonly lifetimeMs: number;
  /** Counts the name against what the caller's proof is good for; called once all else is decided. */
  readonly admit?: ((name: InstanceName) => Promise<void>) | undefined;
  /** Throws when the caller's proof no longer holds: it may be revoked while its caller waits. */
  readonly confirm?: (() => Promise<void>) | undefined;
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
  const systemsManager = ports.systemsManager();
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
const mayHaveMinted = (error: unknown): boolean =>
  error instanceof SystemsManagerFailure ? error.mayHaveActed : true;

const claimName = async (ports: Ports, systemsManager: SystemsManager, order: ActivationOrder) => {
  const { name, principal } = order;
  const { seen, reading, refused } = await look(ports, systemsManager, name, principal);
  if (refused) throw refused;
  await order.admit?.(name);
  const attemptId = AttemptId.parse(ports.newId());
  let attempt: Attempt | undefined;
  const claiming = (before: NameRecord, isNew: boolean) => {
    const now = ports.clock();
    const current = link(before, reading, now);
    // SSM was asked about the node that the name had a moment ago; about another one the answer says nothing.
    if (before.node?.id !== seen?.node?.id) throw inProgress(name, now, now);
    const decision = decide(isNew ? undefined : current, reading, principal, now);
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
    const gone = current.node !== undefined && isGone(current.node, reading);
    const claimed = claim(current, attempt, gone, now);
    if (!hasRoom(claimed)) throw tooOften(name);
    return claimed;
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
  await deleteStrays(systemsManager, record, await straysOf(systemsManager, record));
  if (record.superseded.length === 0) return record;
  const { name } = record;
  const deleted: ActivationId[] = [];
  for (const activation of undeleted(record)) {
    // One that Systems Manager says it does not know is deleted again by the sweep. The machine does not wait for that:
    // mostly it was deleted by a process that died before it could write so.
    if (await deleteForCertain(ports, systemsManager, activation)) deleted.push(activation.id);
  }
  const asked = [
    ...record.superseded.map(({ id }) => id),
    ...(record.node ? [record.node.activationId] : []),
  ];
  const reading = await readNodes(ports, systemsManager, asked);
  let refused: ActivationError | undefined;
  const looking = (current: NameRecord) => {
    const now = ports.clock();
    if (!holdsAttempt(current, attempt.id)) throw inProgress(name, now, now);
    const linked = link(settle(current, { deleted, deregistered: [] }, now), reading, now);
    const decision = decide({ ...linked, attempt: undefined }, reading, attempt.principal, now);
    refused = decision.kind === 'issue' ? undefined : refusal(decision, name, now);
    return refused ? { ...linked, attempt: undefined } : linked;
  };
  const looked = await change(ports, name, looking, whatHappened(ports), { record });
  if (refused) throw refused;
  return looked;
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
    confirm: order.confirm,
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
  await confirmIssued(ports, systemsManager, order, record, id);
  return { id, code, expiresAt, tags: attempt.tags };
};

/**
 * t1 the proof is confirmed, t2 an operator revokes it, t3 the activation is written: looked at again after that write, a
 * revocation that was answered before it ends the activation, which nobody was given.
 */
const confirmIssued = async (
  ports: Ports,
  systemsManager: SystemsManager,
  { name, confirm }: ActivationOrder,
  issuedRecord: NameRecord,
  id: ActivationId,
): Promise<void> => {
  try {
    await confirm?.();
  } catch (error) {
    const revoking = (record: NameRecord) => {
      const now = ports.clock();
      return record.activation?.id === id ? scheduled(supersede(record, now, 'disowned'), now) : record;
    };
    await change(ports, name, revoking, whatHappened(ports), { record: issuedRecord });
    await systemsManager.deleteActivation(id);
    throw error;
  }
};
