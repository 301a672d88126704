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
    for (const { id } of next.replacedNodes) {
      if (known.has(id)) continue;
      this.#left.add(id);
      this.#loses(id, this.#winnerOver(id, previous, next));
    }
    const before = previous?.node?.id;
    if (before && before !== next.node?.id && !this.#left.has(before)) this.#loses(before, next.node?.id);
  }

  /** Systems Manager deregisters a node: only one that the ledger said was leaving. */
  deregisters(node: string): void {
    if (!this.#left.has(node)) this.broken.push(`${node} was deregistered before the ledger said so`);
  }

  /**
   * Newcomers are judged the oldest first: t1 node A is linked, t2 B registers, t3 C registers with a release of A. In one
   * judgement B is disowned for A's sake, and only then C takes A's place.
   */
  #winnerOver(node: ManagedNodeId, previous: NameRecord | undefined, next: NameRecord) {
    const before = previous?.node?.id;
    const order = [...this.#registered.keys()];
    const isOlder = next.node !== undefined && order.indexOf(node) < order.indexOf(next.node.id);
    return before && before !== node && isOlder ? before : next.node?.id;
  }

  #loses(node: ManagedNodeId, winner: ManagedNodeId | undefined): void {
    const { activationId = '' } = this.#registered.get(node) ?? {};
    if (this.#givenUp.has(activationId) || !this.#lastPing.has(node)) return;
    const other = winner && this.#registered.get(winner);
    if (!other) return void this.broken.push(`P10: ${node} had been Online, and lost its name to nobody`);
    const grant = this.#grantOf(other.activationId);
    const isMeant = grant?.replaces === node;
    if (isMeant && grant.grant === 'release') return;
    const had = isMeant && grant.grant === 'rejoin' ? other.onlineThen : other.reportedBefore;
    if (had.has(node)) this.broken.push(`P10: ${node} lost its name to ${winner} (${grant?.grant})`);
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
