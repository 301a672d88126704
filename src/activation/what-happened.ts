import type { ActivationEvent } from './events.ts';
import { NOTHING_DONE, type WorkDone } from './outstanding-work.ts';
import type { Ports } from './ports.ts';
import type { NameRecord } from './record.ts';
import { withChanges } from './tag-changes.ts';

type Happened = Pick<ActivationEvent, 'kind' | 'activationId' | 'nodeId' | 'tags' | 'code' | 'detail'>;

/** Writes what a look at Systems Manager changed about a name into the audit trail. */
export const announce = async (
  ports: Ports,
  before: NameRecord,
  after: NameRecord,
  done: WorkDone = NOTHING_DONE,
): Promise<void> => {
  const actor = { kind: 'sweep' } as const;
  for (const happened of [...linkedOrEnded(before, after), ...worked(done)]) {
    await ports.events.append({
      ...happened,
      id: ports.newId(),
      at: ports.clock(),
      name: before.name,
      actor,
    });
  }
};

const linkedOrEnded = (before: NameRecord, after: NameRecord): Happened[] => {
  const happened: Happened[] = [];
  if (after.node && after.node.id !== before.node?.id) {
    happened.push({ kind: 'NodeLinked', nodeId: after.node.id, activationId: after.node.activationId });
  }
  const ended = after.activation?.id === before.activation?.id ? undefined : before.activation;
  if (ended && after.superseded.some(({ id }) => id === ended.id)) {
    const detail = 'The node of an earlier activation reported after this one had been asked for.';
    happened.push({ kind: 'ActivationRevoked', activationId: ended.id, detail });
  } else if (ended && after.node?.activationId !== ended.id) {
    happened.push({ kind: 'ActivationExpired', activationId: ended.id });
  }
  if (areDropped(before, after)) {
    const detail = 'No machine registered that could have them.';
    happened.push({ kind: 'TagsDropped', tags: withChanges({}, before.followUpTags), detail });
  }
  return happened;
};

/** Tags that were to follow are given to the node that comes Online; otherwise nobody has them. */
const areDropped = (before: NameRecord, after: NameRecord): boolean => {
  const wasOnline = before.node?.seenOnline && before.node.id === after.node?.id;
  const cameOnline = after.node?.seenOnline && !wasOnline;
  const isEmpty = ({ followUpTags }: NameRecord) => Object.keys(followUpTags).length === 0;
  return !isEmpty(before) && isEmpty(after) && !cameOnline;
};

const worked = ({ deregistered, applied, refused }: WorkDone): Happened[] => {
  const happened: Happened[] = deregistered.map((nodeId) => ({ kind: 'NodeReplaced', nodeId }));
  if (refused) {
    happened.push({ kind: 'TagsRefused', nodeId: applied?.node, code: refused.code, detail: refused.detail });
  } else if (applied) {
    const tags = Object.fromEntries([...applied.tags].map(([key, value]) => [key, value ?? '']));
    happened.push({ kind: 'TagsApplied', nodeId: applied.node, tags });
  }
  return happened;
};
