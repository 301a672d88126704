import type { ActivationId, ManagedNodeId } from '../../../src/activation/identifiers.ts';
import type { Grant, NameRecord } from '../../../src/activation/record.ts';

/** A node silent for longer is not Online. */
export const SILENT_MS = 10 * 60_000;

interface Registered {
  readonly activationId: string;
  /** Nodes that had been Online when this one registered. */
  readonly reportedBefore: ReadonlySet<string>;
  /** Nodes that were Online then, and have been since. */
  readonly onlineThen: Set<string>;
}

/** What truly happened, whatever Systems Manager's answers say of it; and what the ledger made of that. */
export class Chronicle {
  readonly #now: () => Date;
  readonly #registered = new Map<string, Registered>();
  readonly #lastPing = new Map<string, number>();
  readonly #grants = new Map<
    ActivationId,
    { readonly grant: Grant; readonly replaces?: string | undefined }
  >();
  /** Activations that were handed out by the time when an operator removed the name. */
  readonly #givenUp = new Set<string>();
  readonly #left = new Set<string>();
  /** Promises that were broken, each in a few words. */
  readonly broken: string[] = [];

  constructor(now: () => Date) {
    this.#now = now;
  }

  registers(node: string, activationId: string): void {
    this.#noteSilence();
    const online = [...this.#registered.keys()].filter((other) => this.#isOnline(other));
    this.#registered.set(node, {
      activationId,
      reportedBefore: new Set(this.#lastPing.keys()),
      onlineThen: new Set(online),
    });
  }

  pings(node: string): void {
    this.#noteSilence();
    this.#lastPing.set(node, this.#now().getTime());
  }

  /** An operator removes the name: whatever was handed out for it before is given up. */
  removes(activations: Iterable<string>): void {
    for (const id of activations) this.#givenUp.add(id);
  }

  /** The ledger is written: P10 is judged at the moment of each decision. */
  writes(previous: NameRecord | undefined, next: NameRecord): void {
    this.#noteSilence();
    if (next.activation) this.#grants.set(next.activation.id, next.activation);
    const known = new Set(previous?.replacedNodes.map(({ id }) => id));
    const leaving = next.replacedNodes.map(({ id }) => id).filter((id) => !known.has(id));
    const before = previous?.node?.id;
    const isLost = before !== undefined && before !== next.node?.id && !leaving.includes(before);
    // Newcomers are judged the oldest first: t1 A is linked, t2 B registers with a release of A, t3 C registers. In one judgement
    // B takes A's place, and then C takes B's.
    const involved = [before, ...leaving, next.node?.id].filter((id) => id !== undefined);
    for (const id of [...leaving, ...(isLost ? [before] : [])]) {
      this.#left.add(id);
      this.#loses(
        id,
        involved.filter((other) => other !== id),
      );
    }
  }

  /** Systems Manager deregisters a node: only one that the ledger said was leaving. */
  deregisters(node: string): void {
    if (!this.#left.has(node)) this.broken.push(`${node} was deregistered before the ledger said so`);
  }

  #loses(node: ManagedNodeId, others: readonly ManagedNodeId[]): void {
    const { activationId = '' } = this.#registered.get(node) ?? {};
    if (this.#givenUp.has(activationId) || !this.#lastPing.has(node)) return;
    if (others.some((other) => this.#mayTakeFrom(node, other))) return;
    this.broken.push(`P10: ${node} had been Online, and lost its name to ${others.join(' or ') || 'nobody'}`);
  }

  #mayTakeFrom(node: ManagedNodeId, other: ManagedNodeId): boolean {
    const winner = this.#registered.get(other);
    if (!winner) return false;
    const grant = this.#grantOf(winner.activationId);
    const isMeant = grant?.replaces === node;
    if (isMeant && grant.grant === 'release') return true;
    return !(isMeant && grant.grant === 'rejoin' ? winner.onlineThen : winner.reportedBefore).has(node);
  }

  #grantOf(activationId: string) {
    return [...this.#grants].find(([id]) => id === activationId)?.[1];
  }

  #isOnline(node: string): boolean {
    return (this.#lastPing.get(node) ?? Number.NEGATIVE_INFINITY) >= this.#now().getTime() - SILENT_MS;
  }

  #noteSilence(): void {
    for (const { onlineThen } of this.#registered.values()) {
      for (const node of onlineThen) if (!this.#isOnline(node)) onlineThen.delete(node);
    }
  }
}
