import { scheduled } from './due.ts';
import type { ActivationId } from './identifiers.ts';
import { LATE_MS } from './late-calls.ts';
import type { Reading } from './reading.ts';
import type { NameRecord } from './record.ts';
import { abandonAttempt } from './supersede.ts';

const lateFrom = (since: Date): Date => new Date(since.getTime() + LATE_MS);

/** The process that held the attempt is taken for dead. */
export const lapse = (record: NameRecord, now: Date): NameRecord =>
  record.attempt && record.attempt.leaseUntil <= now ? scheduled(abandonAttempt(record, now), now) : record;

/**
 * Forgets what can no longer matter: what is forgotten is not looked for again. An earlier activation is forgotten when it
 * was deleted so long before the reading that a node of it would be shown, and none is, or it is decided on.
 */
export const expire = (record: NameRecord, reading: Reading, now: Date): NameRecord => {
  const { activation, node } = record;
  const isSettled = (since: Date) => since < reading.settledUntil;
  const isUnused = (id: ActivationId) => reading.asked.has(id) && !reading.nodes.has(id);
  const expired = activation !== undefined && isSettled(activation.expiresAt) && isUnused(activation.id);
  const superseded = record.superseded.filter(({ id, since, deleted, standing }) => {
    const isDecided = standing === 'decided' || id === node?.activationId;
    return !(deleted && isSettled(since) && (isDecided || isUnused(id)));
  });
  const isAwaited = record.attempt !== undefined || activation !== undefined || superseded.length > 0;
  const isBurned = node !== undefined && !node.seenOnline;
  const next: NameRecord = {
    ...record,
    activation: expired ? undefined : activation,
    ended: expired && !node ? 'expired' : record.ended,
    followUps: expired || !(isAwaited || isBurned) ? undefined : record.followUps,
    superseded,
    // t1 CreateActivation is given up, t2 the sweep finds nothing of it, t3 it makes an activation after all.
    strayAttempts: record.strayAttempts.filter(({ since }) => !isSettled(lateFrom(since))),
  };
  return scheduled(next, now);
};
