import type { Answer } from './door.ts';
import type { Expected } from './expectations.ts';

/** Whether a value holds all that is expected of it, other things besides: the test's own comparison. */
export type Holds = (actual: unknown, expected: object) => boolean;

const WHOLE_SECONDS = /^[1-9]\d*$/;

/** What is wrong with an answer; empty when it is what was expected. */
export const shortcomings = (
  { status, code, retryAfter, seconds, body }: Answer,
  { status: expectedStatus, code: expectedCode, withinSeconds, shows }: Expected,
  holds: Holds,
): readonly string[] => {
  if (status === undefined) return [`no answer in ${seconds.toFixed(1)} s`];
  const wrong: string[] = [];
  if (status !== expectedStatus) wrong.push(`${status}, not ${expectedStatus}`);
  if (code !== expectedCode) wrong.push(`code ${code}, not ${expectedCode}`);
  if (seconds > withinSeconds) wrong.push(`after ${seconds.toFixed(1)} s, not within ${withinSeconds}`);
  // A probe of readiness is asked again anyway, and its answer is no problem document.
  const isToComeBack = code !== undefined && (status === 429 || status === 503);
  if (isToComeBack && !WHOLE_SECONDS.test(retryAfter ?? '')) wrong.push(`Retry-After is ${retryAfter}`);
  if (status === expectedStatus && shows && !holds(body, shows)) {
    wrong.push(`${JSON.stringify(body)} does not show ${JSON.stringify(shows)}`);
  }
  return wrong;
};
