import * as z from 'zod';
import { ActivationId, AttemptId, ManagedNodeId } from './identifiers.ts';
import { type InstanceName, StoredName } from './instance-name.ts';
import { Instant } from './instant.ts';
import { Principal } from './principal.ts';

const TagSet = z.record(z.string(), z.string());

/** Why an activation was granted. */
const Grant = z.enum(['first', 'retry', 'rejoin', 'release']);
export type Grant = z.infer<typeof Grant>;

/** The node whose place it is meant to take though that node has been Online: it was released, or its machine joins again. */
const replaces = ManagedNodeId.optional();

// Lazy, as other schemas are that a function's first answer does not need: making one costs a cold start more than using it.
const Attempt = z.lazy(() =>
  z.object({
    id: AttemptId,
    principal: Principal,
    grant: Grant,
    replaces,
    tags: TagSet,
    /** Until then no one else may try; afterwards the process that tried is taken for dead. */
    leaseUntil: Instant,
  }),
);

const OutstandingActivation = z.lazy(() =>
  z.object({
    id: ActivationId,
    attemptId: AttemptId,
    principal: Principal,
    grant: Grant,
    replaces,
    /** The tags that ride on the activation: SSM copies them to the node. */
    tags: TagSet,
    issuedAt: Instant,
    expiresAt: Instant,
  }),
);

const LinkedNode = z.lazy(() =>
  z.object({
    id: ManagedNodeId,
    activationId: ActivationId,
    /** The proof under which the node's activation was issued. */
    principal: Principal,
    registeredAt: Instant,
    linkedAt: Instant,
    seenOnline: z.boolean(),
    /** It is said to be deregistered, and was linked too lately to be believed gone: when to ask again. */
    doubtedUntil: Instant.optional(),
    /** What the node's tags are to be. */
    tags: TagSet,
    /** Keys of which the node may not yet have what `tags` says; a key that is not in `tags` is to be removed. */
    unappliedTags: z.array(z.string()),
    /** Keys of which an earlier value may still be on its way to the node, and when they are set once more. */
    lateTags: z.record(z.string(), Instant).optional(),
  }),
);

const FollowUps = z.lazy(() =>
  z.object({
    /** Whose machine they are for: to another's policy may not leave them (P8). */
    of: Principal,
    changes: z.record(z.string(), z.string().nullable()),
  }),
);

/**
 * What an earlier activation is still worth to a machine that registers with it.
 * `stands`: all that it was granted. `stripped`: the node that it was to replace is Online again, and keeps the name.
 * `disowned`: an operator removed the name while it was out. `decided`: its node was disowned or replaced. Such a node is
 * never linked again. t1 two sweeps read nodes A and B, t2 one links A, then B, and A is deregistered, t3 the slower one
 * would link A, which is no longer there.
 */
const Standing = z.enum(['stands', 'stripped', 'disowned', 'decided']);
export type Standing = z.infer<typeof Standing>;

const SupersededActivation = z.lazy(() =>
  z.object({
    id: ActivationId,
    principal: Principal,
    grant: Grant,
    replaces,
    tags: TagSet,
    issuedAt: Instant,
    /** When it was superseded, then when it was deleted. */
    since: Instant,
    deleted: z.boolean(),
    standing: Standing,
  }),
);

/** A node that registered and is not judged yet: what happened before it came may be missing from Systems Manager's answers. */
const Newcomer = z.lazy(() =>
  z.object({
    id: ManagedNodeId,
    activationId: ActivationId,
    registeredAt: Instant,
    /** From then on all that came before it is in every answer. */
    settlesAt: Instant,
    seenOnline: z.boolean(),
  }),
);

/** A node that the name no longer maps to. */
const ReplacedNode = z.lazy(() => z.object({ id: ManagedNodeId, registeredAt: Instant }));

/**
 * The whole current state of a name: one ledger item, so that every decision about the name is one conditional write.
 * An ActivationCode is no part of it.
 */
export const NameRecord = z.lazy(() =>
  z.object({
    name: StoredName,
    /** Replaced by every write: the condition of the next one. */
    revision: z.uuid(),
    /** The revisions before it, the latest first, as far as a writer may still ask whether its own is among them. */
    earlierRevisions: z.array(z.uuid()).default([]),
    /** CreateActivation is being called, or was when a process died. */
    attempt: Attempt.optional(),
    /** An activation that is out and under which no node is known yet. */
    activation: OutstandingActivation.optional(),
    /** The node that the name maps to. */
    node: LinkedNode.optional(),
    /** Of those that wait to be judged, the one that registered first. */
    newcomer: Newcomer.optional(),
    /** Why there is neither an activation nor a node. */
    ended: z.enum(['expired', 'revoked', 'deregistered']).optional(),
    /** An operator lets the name activate once although its node has been Online. */
    released: z.boolean(),
    /**
     * Changes of tags accepted for a machine that has not been seen Online: whatever node it registers as gets them, the
     * one that takes the place of a burned one too. Null removes a tag that rides on the activation.
     */
    followUps: FollowUps.optional(),
    /** Earlier activations: to be deleted, and watched for a node that registered just before they were. */
    superseded: z.array(SupersededActivation),
    /** Attempts of which SSM may hold an activation that nobody was given. */
    strayAttempts: z.array(z.object({ id: AttemptId, since: Instant })),
    /** To be deregistered. */
    replacedNodes: z.array(ReplacedNode),
    /** When the sweep is to look at the name next; absent when nothing is unfinished. */
    dueAt: Instant.optional(),
  }),
);
export type NameRecord = z.infer<typeof NameRecord>;
export type Attempt = z.infer<typeof Attempt>;
export type OutstandingActivation = z.infer<typeof OutstandingActivation>;
export type LinkedNode = z.infer<typeof LinkedNode>;
export type FollowUps = z.infer<typeof FollowUps>;
export type SupersededActivation = z.infer<typeof SupersededActivation>;
export type Newcomer = z.infer<typeof Newcomer>;

/** A name about which nothing was written yet. */
export const unseen = (name: InstanceName, revision: string): NameRecord => ({
  name,
  revision,
  earlierRevisions: [],
  released: false,
  superseded: [],
  strayAttempts: [],
  replacedNodes: [],
});

/** Where a name stands, for operators. */
export const NameStatus = z.enum([
  'Issued',
  'Settling',
  'Registered',
  'Released',
  'Expired',
  'Revoked',
  'Deregistered',
]);
export type NameStatus = z.infer<typeof NameStatus>;

export const statusOf = (record: NameRecord, now: Date): NameStatus => {
  if (record.newcomer) return 'Settling';
  if (record.node) return record.released ? 'Released' : 'Registered';
  if (record.activation && record.activation.expiresAt > now) return 'Issued';
  if (record.ended === 'revoked') return 'Revoked';
  if (record.ended === 'deregistered') return 'Deregistered';
  return 'Expired';
};
