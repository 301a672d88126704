import { change } from './change.ts';
import { scheduled } from './due.ts';
import {
  ActivationInProgress,
  type IdentityExpired,
  InvalidRequest,
  NameHeldByOtherProof,
  NameUnknown,
  SystemsManagerFailure,
  TooManyTags,
} from './errors.ts';
import type { ActivationEvent, Actor } from './events.ts';
import type { InstanceName } from './instance-name.ts';
import { expectUnderWay } from './late-tags.ts';
import { lookForNode } from './look-for-node.ts';
import { doOutstandingWork, settle } from './outstanding-work.ts';
import type { Ports } from './ports.ts';
import { isSameCaller, type Principal } from './principal.ts';
import type { LinkedNode, NameRecord } from './record.ts';
import { hasRoom } from './record-size.ts';
import {
  followUpsFor,
  followUpsOf,
  machineOnItsWay,
  type TagChanges,
  tagChanges,
  toldTags,
  wantedTags,
  withChanges,
} from './tag-changes.ts';
import { foldedKey, keysByFold } from './tag-keys.ts';
import { MAX_TAGS, type Tags } from './tags.ts';
import { whatHappened } from './what-happened.ts';

export interface TagOrder {
  readonly name: InstanceName;
  readonly set: Tags;
  readonly remove: readonly string[];
  readonly actor: Extract<Actor, { kind: 'machine' | 'operator' }>;
  /** The machine's proof is too old for anything but tagging what it registered under it. */
  readonly expired?: IdentityExpired | undefined;
  /** Throws when the machine's proof no longer holds: it may be revoked while its caller waits. */
  readonly confirm?: (() => Promise<void>) | undefined;
  readonly requestId?: string | undefined;
}

/** Most of the time is for the tags themselves. */
const LOOK_MS = 5_000;

export type TagOutcome =
  | { readonly kind: 'applied'; readonly node: LinkedNode }
  /** Kept; the sweep applies them when the node is there and Systems Manager answers. */
  | { readonly kind: 'pending'; readonly tags: Tags };

/**
 * Changes the tags of a name's node, now or when it registers.
 * The ledger takes them before Systems Manager does, so that what was accepted is not lost (P5).
 */
export const setTags = async (ports: Ports, order: TagOrder): Promise<TagOutcome> => {
  const systemsManager = ports.systemsManager();
  await lookIfPossible(ports, order.name);
  await order.confirm?.();
  const event = acceptance(ports, order);
  const accepting = (record: NameRecord, isNew: boolean) => {
    const now = ports.clock();
    const holder = taggable(isNew ? undefined : record, order, now);
    return scheduled(withTags(expectUnderWay(record, now), holder, order), now);
  };
  const accepted = await change(ports, order.name, accepting, ({ node }) => [{ ...event, nodeId: node?.id }]);
  if (!accepted.node || machineOnItsWay(accepted)) return { kind: 'pending', tags: wantedTags(accepted) };

  const done = await doOutstandingWork(ports, accepted, systemsManager);
  const settling = (record: NameRecord) => settle(record, done, ports.clock());
  const settled = await change(ports, order.name, settling, whatHappened(ports, done, order));
  if (done.refused) throw done.refused;
  return settled.node && settled.node.unappliedTags.length === 0
    ? { kind: 'applied', node: settled.node }
    : { kind: 'pending', tags: wantedTags(settled) };
};

/** A look makes sure that a node which registered just now is tagged at once. Without it the sweep tags the node. */
const lookIfPossible = async (ports: Ports, name: InstanceName): Promise<void> => {
  try {
    await lookForNode(ports, name, LOOK_MS);
  } catch (error) {
    if (!(error instanceof SystemsManagerFailure)) throw error;
  }
};

/** Whose machine has the name, when this caller may tag it. */
const taggable = (record: NameRecord | undefined, order: TagOrder, now: Date): Principal => {
  const { name, actor, expired } = order;
  if (record?.attempt && record.attempt.leaseUntil > now) {
    throw new ActivationInProgress(`${name} is being activated at this moment; tag it once that is done.`, 1);
  }
  const holder = record && (machineOnItsWay(record) ?? record.node);
  if (!holder) {
    throw new NameUnknown(
      `${name} has neither an activation nor a managed node; ask /activate for one first.`,
    );
  }
  if (actor.kind === 'operator') return holder.principal;
  const { principal } = actor;
  if (!isSameCaller(holder.principal, principal)) {
    throw new NameHeldByOtherProof(
      `${name} was activated by another caller (proof: ${holder.principal.proof}).`,
    );
  }
  if (expired && holder.principal.madeAt?.getTime() !== principal.madeAt?.getTime()) throw expired;
  return holder.principal;
};

/** Tags go to the machine that is on its way in, and to the node that is there only when none is. */
const withTags = (record: NameRecord, caller: Principal, { set, remove, name }: TagOrder): NameRecord => {
  const changes = tagChanges(set, spelledAsThere(wantedTags(record), remove));
  const node = machineOnItsWay(record) ? undefined : record.node;
  const next: NameRecord = {
    ...record,
    followUps: node?.seenOnline
      ? record.followUps
      : followUpsOf(caller, { ...followUpsFor(record, caller), ...changes }),
    node: node ? editedNode(node, changes) : record.node,
  };
  const wanted = Object.keys(wantedTags(next));
  requireOneSpelling(wanted, set);
  if (wanted.length > MAX_TAGS) {
    throw new TooManyTags(
      `${name} would have ${wanted.length} tags; a managed node holds at most ${MAX_TAGS}.`,
    );
  }
  if (!hasRoom(next)) {
    throw new ActivationInProgress(`Too many changes wait for ${name} already; try again in a while.`, 60);
  }
  return next;
};

/** The keys to remove as the tags have them: to the letter, or else as IAM compares keys. */
const spelledAsThere = (tags: Tags, keys: readonly string[]): readonly string[] => {
  const there = keysByFold(Object.keys(tags));
  return keys.map((key) => (Object.hasOwn(tags, key) ? key : (there.get(foldedKey(key)) ?? key.trim())));
};

/** A second spelling of a key that the machine has would be a way round whatever was said of the first. */
const requireOneSpelling = (wanted: readonly string[], set: Tags): void => {
  const problems = wanted.flatMap((there) => {
    const given = Object.keys(set).find((key) => key !== there && foldedKey(key) === foldedKey(there));
    if (given === undefined) return [];
    const [other, own] = [JSON.stringify(given), JSON.stringify(there)];
    return [
      {
        field: 'tags',
        message: `${other}: the machine has this key as ${own}; case does not tell keys apart`,
      },
    ];
  });
  if (problems.length > 0) throw new InvalidRequest(problems);
};

const editedNode = (node: LinkedNode, changes: TagChanges): LinkedNode => {
  const keys = Object.keys(changes);
  return {
    ...node,
    tags: withChanges(node.tags, changes),
    unappliedTags: [...new Set([...node.unappliedTags, ...keys])],
  };
};

const acceptance = (ports: Ports, { name, actor, requestId, set, remove }: TagOrder): ActivationEvent => ({
  id: ports.newId(),
  at: ports.clock(),
  kind: 'TagsAccepted',
  name,
  actor,
  requestId,
  tags: toldTags(tagChanges(set, remove)),
});
