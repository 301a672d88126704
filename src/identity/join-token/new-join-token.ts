import { randomBytes } from 'node:crypto';
import { InvalidRequest, type Problem } from '../../activation/errors.ts';
import { InstanceName } from '../../activation/instance-name.ts';
import { repeatedKey } from '../../activation/tag-keys.ts';
import { MAX_TAGS } from '../../activation/tags.ts';
import { matchesPattern } from '../../policy/pattern.ts';
import type { JoinTokenPolicy } from '../../policy/policy.ts';
import { fixedTags } from '../../policy/tag-rules.ts';
import {
  hashSecret,
  type JoinToken,
  JoinTokenId,
  type JoinTokenTerms,
  longestExpiry,
  MOST_NAMES_BYTES,
  sizeOfName,
} from './join-token.ts';

/** 192 bits, and as long in base64url as anyone wants to paste. */
const SECRET_BYTES = 24;
const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

export interface NewJoinToken {
  readonly token: JoinToken;
  /** The whole bearer token. It is shown this once and kept nowhere. */
  readonly secret: string;
}

/** A token may name so many blocks of addresses. */
const MOST_CIDRS = 100;

/** What no machine could ever use, and what the ledger could not keep. */
const neverOfUse = (terms: JoinTokenTerms, policy: JoinTokenPolicy | undefined): Problem[] => {
  const { namePattern, maxNames, tags, cidrs } = terms;
  const problems: Problem[] = [];
  const names = [namePattern.replaceAll('*', 'x'), namePattern.replaceAll('*', '')];
  if (!names.some((name) => InstanceName.safeParse(name).success)) {
    problems.push({ field: 'namePattern', message: 'matches no name that a machine may have' });
  }
  const mostNames = Math.floor(MOST_NAMES_BYTES / Math.max(2, sizeOfName(namePattern.replaceAll('*', ''))));
  if (maxNames > mostNames) {
    const message = `of names that match namePattern a token can hold no more than ${mostNames}`;
    problems.push({ field: 'maxNames', message });
  }
  const repeated = repeatedKey(Object.keys(tags));
  if (repeated !== undefined) {
    const message = `the key ${JSON.stringify(repeated)} occurs in another spelling too; case does not tell keys apart`;
    problems.push({ field: 'tags', message });
  }
  if (Object.keys(fixedTags(tags, policy?.tags.fixed ?? {})).length > MAX_TAGS) {
    const message = `are more than ${MAX_TAGS} with those of policy: a managed node holds no more`;
    problems.push({ field: 'tags', message });
  }
  if (cidrs.length > MOST_CIDRS) problems.push({ field: 'cidrs', message: `must be at most ${MOST_CIDRS}` });
  return problems;
};

/** A token that is not kept yet. @throws InvalidRequest when the terms are not ones that policy and time allow */
export const newJoinToken = (
  now: Date,
  policy: JoinTokenPolicy | undefined,
  terms: JoinTokenTerms,
  operator: string,
): NewJoinToken => {
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
  problems.push(...neverOfUse(terms, policy));
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
  return { token, secret: `ssmj_${id}_${secret}` };
};
