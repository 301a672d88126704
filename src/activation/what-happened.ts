import type { ActivationEvent } from './events.ts';
import type { WorkDone } from './outstanding-work.ts';
import type { NameRecord } from './record.ts';

type Happened = Pick<ActivationEvent, 'kind' | 'activationId' | 'nodeId' | 'tags' | 'code' | 'detail'>;

/** What the sweep changed about a name, as lines for the audit trail. */
export const whatHappened = (before: NameRecord, after: NameRecord, done: WorkDone): Happened[] => {
  const happened: Happened[] = [];
  if (after.node && after.node.id !== before.node?.id) {
    happened.push({ kind: 'NodeLinked', nodeId: after.node.id, activationId: after.node.activationId });
  }
  for (const nodeId of done.deregistered) happened.push({ kind: 'NodeReplaced', nodeId });
  for (const { id, principal } of after.superseded) {
    const revoked = id === before.activation?.id && after.node?.seenOnline;
    if (revoked) {
      const detail = `${principal.subject} had asked for it before the node of an earlier one reported`;
      happened.push({ kind: 'ActivationRevoked', activationId: id, detail });
    }
  }
  if (before.activation && after.ended === 'expired' && before.ended !== 'expired') {
    happened.push({ kind: 'ActivationExpired', activationId: before.activation.id });
    if (Object.keys(before.followUpTags).length > 0) {
      const detail = 'No machine registered before the activation expired.';
      happened.push({ kind: 'TagsDropped', tags: before.followUpTags, detail });
    }
  }
  if (done.refused) {
    const { code, detail } = done.refused;
    happened.push({ kind: 'TagsRefused', nodeId: done.applied?.node, code, detail });
  } else if (done.applied) {
    const tags = Object.fromEntries([...done.applied.tags].map(([key, value]) => [key, value ?? '']));
    happened.push({ kind: 'TagsApplied', nodeId: done.applied.node, tags });
  }
  return happened;
};
