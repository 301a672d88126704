import { hasSettled, scheduled } from './due.ts';
import type { NameRecord } from './record.ts';
import { abandonAttempt } from './supersede.ts';

/** The process that held the attempt is taken for dead. */
export const lapse = (record: NameRecord, now: Date): NameRecord =>
  record.attempt && record.attempt.leaseUntil <= now ? scheduled(abandonAttempt(record, now), now) : record;

/**
 * Forgets what can no longer matter. To be called only with a record into which a fresh look at SSM was linked: what
 * is forgotten is not looked for again.
 */
export const expire = (record: NameRecord, now: Date): NameRecord => {
  const { activation, node } = record;
  const expired = activation !== undefined && hasSettled(activation.expiresAt, now);
  const superseded = record.superseded.filter(({ since, deleted }) => !deleted || !hasSettled(since, now));
  const isAwaited = record.attempt !== undefined || activation !== undefined || superseded.length > 0;
  const isBurned = node !== undefined && !node.seenOnline;
  const next: NameRecord = {
    ...record,
    activation: expired ? undefined : activation,
    ended: expired && !node ? 'expired' : record.ended,
    followUps: expired || !(isAwaited || isBurned) ? undefined : record.followUps,
    superseded,
    strayAttempts: record.strayAttempts.filter(({ since }) => !hasSettled(since, now)),
  };
  return scheduled(next, now);
};
