import { randomBytes } from 'node:crypto';
import { InvalidRequest } from '../../activation/errors.ts';
import type { Clock } from '../../activation/ports.ts';
import { matchesPattern } from '../../policy/pattern.ts';
import type { JoinTokenPolicy } from '../../policy/policy.ts';
import { hashSecret, type JoinToken, JoinTokenId, type JoinTokenTerms, longestExpiry } from './join-token.ts';
import type { JoinTokens } from './join-tokens.ts';

/** 192 bits, and as long in base64url as anyone wants to paste. */
const SECRET_BYTES = 24;
const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

export interface NewJoinToken {
  readonly token: JoinToken;
  /** The whole bearer token. It is shown this once and kept nowhere. */
  readonly secret: string;
}

/** @throws InvalidRequest when the terms are not ones that policy and time allow */
export const createJoinToken = async (
  tokens: JoinTokens,
  clock: Clock,
  policy: JoinTokenPolicy | undefined,
  terms: JoinTokenTerms,
  operator: string,
): Promise<NewJoinToken> => {
  const now = clock();
  const problems = [];
  if (!policy)
    problems.push({ field: '', message: 'policy does not accept join tokens (joinTokens is not in it)' });
  if (terms.expiresAt <= now) problems.push({ field: 'expiresAt', message: 'is past' });
  if (terms.expiresAt > longestExpiry(now))
    problems.push({ field: 'expiresAt', message: 'is more than a year away' });
  if (policy && !policy.names.some((pattern) => matchesPattern(pattern, terms.namePattern))) {
    problems.push({
      field: 'namePattern',
      message: `must lie within ${policy.names.join(' or ')}, as policy has it`,
    });
  }
  if (problems.length > 0) throw new InvalidRequest(problems);

  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const id = JoinTokenId.parse([...randomBytes(12)].map((byte) => ID_ALPHABET[byte % 32]).join(''));
  const token: JoinToken = {
    ...terms,
    id,
    secretHash: hashSecret(secret),
    names: [],
    createdAt: now,
    createdBy: operator,
  };
  await tokens.create(token);
  return { token, secret: `ssmj_${id}_${secret}` };
};
