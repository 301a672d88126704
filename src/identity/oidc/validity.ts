import * as z from 'zod';
import { ClaimNotAllowed, IdentityExpired, IdentityNotYetValid } from '../../activation/errors.ts';
import type { OidcProviderPolicy } from '../../policy/policy.ts';
import type { CheckTrail } from '../check-trail.ts';
import type { Claims } from './claims.ts';

/** How far the issuer's clock and this one may differ. */
const TOLERANCE_MS = 60_000;
const MINUTE_MS = 60_000;

/** NumericDate (RFC 7519, section 2): seconds since 1970, not always whole; no later than a Date can be. */
const Time = z
  .number()
  .min(0)
  .max(8.64e12)
  .transform((seconds) => new Date(seconds * 1000));

/** RFC 7519 leaves all three to the issuer; a token without an end or a beginning cannot be judged. */
const Times = z.object({ iat: Time, exp: Time, nbf: Time.optional() });

/**
 * When the token was issued, if it is good at that moment.
 * @throws IdentityExpired, IdentityNotYetValid, ClaimNotAllowed when it does not say when it is good
 */
export const requireValidity = (
  claims: Claims,
  { maxAgeMinutes }: OidcProviderPolicy,
  at: Date,
  trail: CheckTrail,
): Date => {
  const { data: times, error } = Times.safeParse(claims);
  if (error) {
    const missing = error.issues.map(({ path }) => path.join('.')).join(', ');
    throw trail.fail('Time', new ClaimNotAllowed(`The token has no time in seconds as its ${missing}.`));
  }
  const { iat, exp, nbf = iat } = times;
  const begin = new Date(Math.max(iat.getTime(), nbf.getTime()));
  if (begin.getTime() > at.getTime() + TOLERANCE_MS) {
    const detail = `The token is good from ${begin.toISOString()}, which is in the future: check the clocks.`;
    throw trail.fail('Time', new IdentityNotYetValid(detail));
  }
  if (exp.getTime() + TOLERANCE_MS <= at.getTime()) {
    const detail = `The token expired at ${exp.toISOString()}: get a new one.`;
    throw trail.fail('Time', new IdentityExpired(detail));
  }
  if (iat.getTime() + maxAgeMinutes * MINUTE_MS + TOLERANCE_MS <= at.getTime()) {
    const detail = `The token was issued at ${iat.toISOString()}, more than ${maxAgeMinutes} minutes ago: get a new one.`;
    throw trail.fail('Time', new IdentityExpired(detail));
  }
  trail.pass('Time', `It was issued at ${iat.toISOString()} and expires at ${exp.toISOString()}.`);
  return iat;
};
