import { decodeJwt, decodeProtectedHeader, type ProtectedHeaderParameters } from 'jose';
import { InvalidIdentity } from '../../activation/errors.ts';
import { startOf } from '../../activation/start-of.ts';
import type { CheckTrail } from '../check-trail.ts';
import type { Claims } from './claims.ts';

/** In characters; an Azure token, the longest in use, is about 2,000. */
const MAX_LENGTH = 16 * 1024;

/** A token whose signature nobody has looked at. */
export interface UnverifiedToken {
  readonly compact: string;
  readonly header: ProtectedHeaderParameters;
  readonly claims: Claims;
}

/** @throws InvalidIdentity */
export const readToken = (compact: string, trail: CheckTrail): UnverifiedToken => {
  const refuse = (detail: string) => trail.fail('Token', new InvalidIdentity(), detail);
  if (compact.length > MAX_LENGTH) throw refuse(`It is longer than ${MAX_LENGTH} characters.`);
  if (!compact.split('.').every(isCanonical)) throw refuse('Its parts are not plain base64url.');
  const token = decode(compact);
  if (!token) throw refuse('Its header and its claims are not JSON objects.');
  trail.pass('Token', `It is a JSON Web Token of ${compact.length} characters.`);
  return token;
};

/** The only spelling of some octets; otherwise one signature could be written in several ways. */
const isCanonical = (part: string): boolean => Buffer.from(part, 'base64url').toString('base64url') === part;

const decode = (compact: string): UnverifiedToken | undefined => {
  try {
    return { compact, header: decodeProtectedHeader(compact), claims: decodeJwt(compact) };
  } catch {
    return undefined;
  }
};

/** Something the token says, short enough to be shown. */
export const shown = (value: unknown): string => startOf(JSON.stringify(value) ?? 'nothing', 200);
