import { Failure } from './failure.ts';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration such as `90s`, `30m`, `24h` or `7d`, in milliseconds; undefined for anything else. */
const durationOf = (text: string): number | undefined => {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  return unit === 's' || unit === 'm' || unit === 'h' || unit === 'd'
    ? Number(count) * UNITS[unit]
    : undefined;
};

const instantOf = (text: string, from: Date, direction: 1 | -1): Date => {
  const duration = durationOf(text);
  const time = duration === undefined ? new Date(text) : new Date(from.getTime() + direction * duration);
  if (Number.isNaN(time.getTime())) {
    throw new Failure(
      'usage',
      `${JSON.stringify(text)} is neither a duration (90s, 30m, 24h, 7d) nor a time`,
    );
  }
  return time;
};

/** `24h` from now, or a time as `2026-11-21T10:00:00Z`. @throws Failure */
export const later = (text: string, now: Date): Date => instantOf(text, now, 1);

/** `24h` ago, or a time. @throws Failure */
export const earlier = (text: string, now: Date): Date => instantOf(text, now, -1);

/** What timers take is counted in milliseconds, whole ones, and ends at some weeks. */
const MOST_SECONDS = 86_400;

/** Seconds in milliseconds; undefined for anything that is not a time to wait. */
export const millisecondsOf = (seconds: string): number | undefined => {
  const number = Number(seconds);
  return number > 0 && number <= MOST_SECONDS ? Math.ceil(number * 1_000) : undefined;
};
export const NO_SECONDS = `is not a number of seconds above 0, ${MOST_SECONDS} at most`;

/** Seconds of an interval, in milliseconds. @throws Failure */
export const intervalOf = (text: string): number => {
  const milliseconds = millisecondsOf(text);
  if (milliseconds !== undefined) return milliseconds;
  throw new Failure('usage', `${JSON.stringify(text)} ${NO_SECONDS}`);
};

/** How many entries at most. @throws Failure */
export const countOf = (text: string): number => {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Failure('usage', `${JSON.stringify(text)} is not a whole number above 0`);
};
