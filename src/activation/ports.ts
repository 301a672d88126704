import type { ActivationCode } from './activation-code.ts';
import type { Clock } from './clock.ts';
import type { Deadline, Task } from './deadline.ts';
import type { ActivationEvent } from './events.ts';
import type { ActivationId, AttemptId, ManagedNodeId } from './identifiers.ts';
import type { InstanceName } from './instance-name.ts';
import type { ManagedNode } from './managed-node.ts';
import type { NameRecord } from './record.ts';
import type { Tags } from './tags.ts';

/** A source of chance, injected so that tests can fix it. */
export type NewId = () => string;

export interface ListQuery {
  readonly prefix: string;
  readonly limit: number;
  readonly after?: InstanceName | undefined;
}

/**
 * Where names are kept. Every write is one conditional write of one item.
 * Failures to reach it are `LedgerUnavailable`, and what it refuses on consideration is `LedgerRefused`.
 */
export interface Ledger {
  /** The state that the last finished write left (strongly consistent). */
  read(name: InstanceName): Promise<NameRecord | undefined>;
  /** Writes `next` if the name is still at `previous` (undefined: unseen); `false` when another writer came first. */
  replace(previous: NameRecord | undefined, next: NameRecord): Promise<boolean>;
  /** By name, in its order, beginning after `after`; fewer than `limit` only at the end. May lag behind the writes by moments. */
  list(query: ListQuery): Promise<readonly NameRecord[]>;
  /** The name whose current node has this id. */
  nameOf(node: ManagedNodeId): Promise<InstanceName | undefined>;
  /** Names of which something is due, the longest waiting first; may lag behind the writes by moments. */
  due(now: Date, limit: number): Promise<readonly InstanceName[]>;
  /** Answers when the ledger can be read. */
  check(): Promise<void>;
}

export interface EventQuery {
  readonly name?: string | undefined;
  readonly since?: Date | undefined;
  readonly limit: number;
  /** What an earlier page gave as `next`. */
  readonly after?: string | undefined;
}

/** The audit trail. Failures to reach it are `LedgerUnavailable`. */
export interface EventLog {
  append(event: ActivationEvent): Promise<void>;
  /** The newest first. */
  list(query: EventQuery): Promise<{ events: readonly ActivationEvent[]; next?: string | undefined }>;
}

export interface ActivationRequest {
  readonly name: InstanceName;
  readonly tags: Tags;
  readonly expiresAt: Date;
  /** Written into the activation's Description, by which a stray activation is found. */
  readonly attemptId: AttemptId;
  /** Called just before each try, when its turn has come: what it throws ends the tries. */
  readonly confirm?: (() => Promise<void>) | undefined;
}

export interface MintedActivation {
  readonly id: ActivationId;
  readonly code: ActivationCode;
  /** An earlier call of this attempt went unanswered and may have made an activation too. */
  readonly strayPossible: boolean;
}

export interface DescribedActivation {
  readonly id: ActivationId;
  readonly name?: InstanceName | undefined;
  /** Absent when the activation is none of this service's. */
  readonly attemptId?: AttemptId | undefined;
  /** Neither used up nor expired. */
  readonly canRegister: boolean;
  readonly tags: Tags;
}

/** `unknown`: Systems Manager has nothing of this id, or a replica that answered has not heard of it yet. */
export type Known = 'done' | 'unknown';

export interface TagsSent {
  readonly known: Known;
  /** An earlier try went unanswered, and may yet put the same values on the node, however much later. */
  readonly mayComeAgain: boolean;
}

/**
 * Systems Manager, with a registration limit of 1 on everything it mints.
 * Throttling and faults that outlast the deadline are `SystemsManagerUnavailable`, what it refuses on consideration is
 * `SystemsManagerRefused`, and a role that it cannot give to nodes is `NodeRoleUnusable`.
 */
export interface SystemsManager {
  /**
   * Takes a place in the queue of calls for the next one that is not a lookup.
   * @throws SystemsManagerUnavailable when its turn would come after the deadline; NodeRoleUnusable when a mint showed so
   * a moment ago
   */
  reserveCall(): Promise<void>;
  /** Gives the place back if no call has used it. */
  giveBackCall(): Promise<void>;
  createActivation(request: ActivationRequest): Promise<MintedActivation>;
  deleteActivation(id: ActivationId): Promise<Known>;
  activationsNamed(names: readonly InstanceName[]): Promise<readonly DescribedActivation[]>;
  /** The nodes that registered with these activations: one call for up to 50 of them, however many ask at once. */
  nodesOf(activations: readonly ActivationId[]): Promise<readonly ManagedNode[]>;
  nodesById(ids: readonly ManagedNodeId[]): Promise<readonly ManagedNode[]>;
  /** Every node there is, a call for every 50. */
  allNodes(): Promise<readonly ManagedNode[]>;
  /** The nodes whose connection is lost, a call for every 50. */
  silentNodes(): Promise<readonly ManagedNode[]>;
  /** Every activation there is, a call for every 50. */
  allActivations(): Promise<readonly DescribedActivation[]>;
  addTags(node: ManagedNodeId, tags: Tags): Promise<TagsSent>;
  removeTags(node: ManagedNodeId, keys: readonly string[]): Promise<TagsSent>;
  deregister(node: ManagedNodeId): Promise<Known>;
  /** Answers when Systems Manager can be called. */
  check(): Promise<void>;
}

/** Everything that one task reaches the world through. Nothing is begun after its deadline. */
export interface Ports {
  readonly deadline: Deadline;
  readonly ledger: Ledger;
  readonly events: EventLog;
  /** Systems Manager for the task, or for a part of it that must end within so many milliseconds. */
  readonly systemsManager: (withinMs?: number) => SystemsManager;
  readonly clock: Clock;
  /** How long Systems Manager's answers may lag behind what happened. AWS publishes no bound. */
  readonly settlingMs: number;
  readonly newId: NewId;
}

/** The only way to the ports: a call without a deadline does not compile. */
export type PortsFor = (task: Task) => Ports;
