import { scheduled } from './due.ts';
import type { ActivationId, AttemptId } from './identifiers.ts';
import { withoutNode } from './link.ts';
import type { Attempt, NameRecord, OutstandingActivation } from './record.ts';
import { abandonAttempt, revokeIfOnline, supersede } from './supersede.ts';
import { followUpsFor, followUpsOf } from './tag-changes.ts';
import { withoutKeysOf } from './tag-keys.ts';

/**
 * Takes the name for one attempt, before CreateActivation is called.
 * A released name stays released until the attempt succeeds: a failure must not use the release up.
 */
export const claim = (record: NameRecord, attempt: Attempt, nodeIsGone: boolean, now: Date): NameRecord => {
  const { principal: caller } = attempt;
  const earlier = supersede(abandonAttempt(record, now), now);
  const cleared = nodeIsGone ? { ...withoutNode(earlier), followUps: undefined } : earlier;
  const followUps = followUpsOf(caller, followUpsFor(cleared, caller));
  const released = attempt.grant === 'release';
  return scheduled({ ...cleared, attempt, released, ended: record.ended, followUps }, now);
};

export interface Minted {
  readonly id: ActivationId;
  readonly expiresAt: Date;
  /** CreateActivation was called more than once and an unanswered call may have made an activation too. */
  readonly strayPossible: boolean;
}

/** The attempt succeeded: its activation is the one that is out, unless the name's node came Online meanwhile. */
export const issued = (record: NameRecord, attempt: Attempt, minted: Minted, now: Date): NameRecord => {
  const activation: OutstandingActivation = {
    id: minted.id,
    attemptId: attempt.id,
    principal: attempt.principal,
    grant: attempt.grant,
    replaces: attempt.replaces,
    tags: attempt.tags,
    issuedAt: now,
    expiresAt: minted.expiresAt,
  };
  const { principal: caller } = attempt;
  const next: NameRecord = {
    ...record,
    attempt: undefined,
    activation,
    ended: undefined,
    // t1 a machine joins again, t2 an operator releases the name, t3 the activation is written: that release is not used up.
    released: record.released && attempt.grant !== 'release',
    followUps: followUpsOf(caller, withoutKeysOf(followUpsFor(record, caller), attempt.tags)),
    strayAttempts: minted.strayPossible
      ? [...record.strayAttempts, { id: attempt.id, since: now }]
      : record.strayAttempts,
  };
  return scheduled(revokeIfOnline(next, now), now);
};

/** The attempt failed and the name is free for another. */
export const failed = (record: NameRecord, strayPossible: boolean, now: Date): NameRecord =>
  scheduled(strayPossible ? abandonAttempt(record, now) : { ...record, attempt: undefined }, now);

export const holdsAttempt = (record: NameRecord, attemptId: AttemptId): boolean =>
  record.attempt?.id === attemptId;
