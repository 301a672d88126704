import type { ActivationEvent } from './events.ts';
import { NOTHING_DONE, type WorkDone } from './outstanding-work.ts';
import type { Ports } from './ports.ts';
import { isSameCaller } from './principal.ts';
import type { FollowUps, NameRecord } from './record.ts';
import { toldTags } from './tag-changes.ts';

type Happened = Pick<ActivationEvent, 'kind' | 'activationId' | 'nodeId' | 'tags' | 'code' | 'detail'>;

/** What a look at Systems Manager, and the work done there, change about a name: for {@link change} to tell. */
export const whatHappened =
  (
    ports: Pick<Ports, 'newId' | 'clock'>,
    done: WorkDone = NOTHING_DONE,
    { actor, requestId }: Pick<ActivationEvent, 'actor' | 'requestId'> = { actor: { kind: 'sweep' } },
  ) =>
  (before: NameRecord, after: NameRecord): ActivationEvent[] =>
    [...linkedOrEnded(before, after), ...worked(done)].map((happened) => ({
      ...happened,
      id: ports.newId(),
      at: ports.clock(),
      name: before.name,
      actor,
      requestId,
    }));

const linkedOrEnded = (before: NameRecord, after: NameRecord): Happened[] => {
  const happened: Happened[] = [];
  if (after.node && after.node.id !== before.node?.id) {
    happened.push({ kind: 'NodeLinked', nodeId: after.node.id, activationId: after.node.activationId });
  }
  if (before.node && !after.node) {
    const detail = 'Systems Manager no longer lists the node.';
    happened.push({ kind: 'NodeGone', nodeId: before.node.id, detail });
  }
  if (after.newcomer && after.newcomer.id !== before.newcomer?.id) {
    const { id: nodeId, activationId } = after.newcomer;
    const detail = 'Whether it gets the name is decided once all that came before it is known.';
    happened.push({ kind: 'NodeSettling', nodeId, activationId, detail });
  }
  for (const { id: nodeId } of newlyLeaving(before, after)) {
    if (nodeId === before.node?.id) continue;
    const detail = 'What its activation was granted on no longer held when it registered.';
    happened.push({ kind: 'NodeDisowned', nodeId, detail });
  }
  const ended = after.activation?.id === before.activation?.id ? undefined : before.activation;
  const isSuperseded = ended && after.superseded.some(({ id }) => id === ended.id);
  if (isSuperseded && after.node?.seenOnline && !after.attempt) {
    const detail = 'The node of an earlier activation reported after this one had been asked for.';
    happened.push({ kind: 'ActivationRevoked', activationId: ended.id, detail });
  } else if (ended && !isSuperseded && after.node?.activationId !== ended.id) {
    happened.push({ kind: 'ActivationExpired', activationId: ended.id });
  }
  if (before.followUps && areDropped(before.followUps, before, after)) {
    const detail = 'No machine registered that could have them.';
    happened.push({ kind: 'TagsDropped', tags: toldTags(before.followUps.changes), detail });
  }
  return happened;
};

const newlyLeaving = (before: NameRecord, after: NameRecord) =>
  after.replacedNodes.filter(({ id }) => !before.replacedNodes.some((node) => node.id === id));

/** Tags that were to follow are given to the node that comes Online; a removal gives them up; otherwise nobody has them. */
const areDropped = ({ of }: FollowUps, before: NameRecord, after: NameRecord): boolean => {
  const areKept = after.followUps !== undefined && isSameCaller(after.followUps.of, of);
  const wasOnline = before.node?.seenOnline && before.node.id === after.node?.id;
  const areGiven = after.node?.seenOnline && !wasOnline && isSameCaller(after.node.principal, of);
  const isRemoved = after.ended !== before.ended && after.ended !== 'expired' && after.ended !== undefined;
  return !areKept && !areGiven && !isRemoved;
};

const worked = ({ deregistered, applied, refused }: WorkDone): Happened[] => {
  const happened: Happened[] = deregistered.map((nodeId) => ({ kind: 'NodeReplaced', nodeId }));
  if (applied) {
    const tags = toldTags(Object.fromEntries(applied.tags));
    const { code, detail } = refused ?? {};
    happened.push({
      kind: refused ? 'TagsRefused' : 'TagsApplied',
      nodeId: applied.node,
      tags,
      code,
      detail,
    });
  }
  return happened;
};
