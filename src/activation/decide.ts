import type { ManagedNodeId } from './identifiers.ts';
import { hasBeenOnline, type ManagedNode } from './managed-node.ts';
import { isFresherThan, isSameKind, type Principal } from './principal.ts';
import type { Grant, LinkedNode, NameRecord } from './record.ts';

/**
 * How long SSM may go on answering as if a registration had not happened. Its reads are eventually consistent and no
 * bound is published; a node missing from an answer is believed gone only when it was linked longer ago than this.
 */
export const SETTLING_MS = 5 * 60_000;

/** What a caller who asks for an activation is told. */
export type Decision =
  | { readonly kind: 'issue'; readonly grant: Grant; readonly replaces?: ManagedNodeId }
  | { readonly kind: 'in-progress'; readonly until: Date }
  | { readonly kind: 'already-registered'; readonly node: LinkedNode }
  | { readonly kind: 'other-proof'; readonly node: LinkedNode };

/** How SSM describes the linked node at this moment; `missing` when it does not list the node. */
export type LiveNode = ManagedNode | 'missing';

/**
 * The contract's "When a name asks again" table.
 * `live` is needed only when the record has a node.
 */
export const decide = (
  record: NameRecord | undefined,
  live: LiveNode,
  principal: Principal,
  now: Date,
): Decision => {
  if (record?.attempt && record.attempt.leaseUntil > now) {
    return { kind: 'in-progress', until: record.attempt.leaseUntil };
  }
  const node = record?.node;
  if (!node) return { kind: 'issue', grant: record?.activation ? 'retry' : 'first' };
  if (isGone(node, live, now)) return { kind: 'issue', grant: 'first' };
  const isOwned = node.principal.proof !== 'adopted';
  if (isOwned && !isSameKind(node.principal, principal)) return { kind: 'other-proof', node };
  // A machine that lost the answer to its released activation asks again: the release still covers it.
  const isReleased = record.activation?.grant === 'release' && record.activation.replaces === node.id;
  if (record.released || isReleased) return { kind: 'issue', grant: 'release', replaces: node.id };
  if (!node.seenOnline && (live === 'missing' || !hasBeenOnline(live)))
    return { kind: 'issue', grant: 'retry' };
  const silent = live !== 'missing' && live.pingStatus !== 'Online';
  if (silent && isFresherThan(principal, node.principal)) {
    return { kind: 'issue', grant: 'rejoin', replaces: node.id };
  }
  return { kind: 'already-registered', node };
};

/** Deregistered outside this service: by hand, or in the console. */
export const isGone = (node: LinkedNode, live: LiveNode, now: Date): boolean =>
  live === 'missing' && now.getTime() - node.linkedAt.getTime() > SETTLING_MS;
