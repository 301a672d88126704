import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { type InstanceName, StoredName } from '../../activation/instance-name.ts';
import { Instant } from '../../activation/instant.ts';
import { TagKey, TagValue } from '../../activation/tags.ts';
import { Cidr } from '../../policy/cidr.ts';
import { Pattern } from '../../policy/pattern.ts';

export const JoinTokenId = z
  .string()
  .regex(/^[a-z0-9]{12}$/)
  .brand<'JoinTokenId'>();
export type JoinTokenId = z.infer<typeof JoinTokenId>;

/**
 * The names that a token let in are kept in its one item, which DynamoDB bounds to 400 KB: so many, and so many bytes
 * of them. What is left is for the token's terms, which came in a body of 64 KB.
 */
const MOST_NAMES = 1_000;
export const MOST_NAMES_BYTES = 300_000;

/** What a name takes of them. */
export const sizeOfName = (name: string): number => Buffer.byteLength(name) + 1;
const LONGEST_LIFE_DAYS = 366;

const terms = () =>
  z.strictObject({
    namePattern: Pattern,
    tags: z.record(TagKey, TagValue).default({}),
    maxNames: z.int().min(1).max(MOST_NAMES).default(1),
    expiresAt: Instant,
    cidrs: z.array(Cidr).default([]),
    rejoin: z.boolean().default(false),
    description: z.string().max(256).default(''),
  });

/** What an operator says of a token to be made. */
export const JoinTokenTerms = z.lazy(terms);
export type JoinTokenTerms = z.infer<typeof JoinTokenTerms>;

/** A token as the ledger keeps it: of the secret there is only the hash. */
export const JoinToken = z.lazy(() =>
  terms().extend({
    /** As they were made: by an older service under wider rules. */
    tags: z.record(z.string(), z.string()),
    id: JoinTokenId,
    /** As it was written down: a rule that became stricter since must not make the token unreadable. */
    cidrs: z.array(z.string()),
    secretHash: z.base64(),
    /** The names it let in. */
    names: z.array(StoredName),
    createdAt: Instant,
    createdBy: z.string(),
    revokedAt: Instant.optional(),
    revokedBy: z.string().optional(),
  }),
);
export type JoinToken = Readonly<z.infer<typeof JoinToken>>;

export const longestExpiry = (now: Date): Date => new Date(now.getTime() + LONGEST_LIFE_DAYS * 86_400_000);

const FORM = /^Bearer +ssmj_([a-z0-9]{12})_([A-Za-z0-9_-]{27,128})$/i;
export const looksLikeJoinToken = (authorization: string | undefined): boolean =>
  /^Bearer +ssmj_/i.test(authorization ?? '');

/** The id and the secret in an Authorization header, when it has the form of a join token. */
export const parseJoinToken = (
  authorization: string | undefined,
): { readonly id: JoinTokenId; readonly secret: string } | undefined => {
  const [, id, secret] = FORM.exec(authorization ?? '') ?? [];
  return id === undefined || secret === undefined
    ? undefined
    : { id: JoinTokenId.parse(id.toLowerCase()), secret };
};

/** A random secret of 160 bits or more needs no slow hash: there is nothing to guess (unlike a password). */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('base64');

/** Compares in constant time; without a token it compares all the same, so that time does not tell which ids exist. */
export const isSecretOf = (token: JoinToken | undefined, secret: string): boolean => {
  const given = Buffer.from(hashSecret(secret), 'base64');
  const kept = Buffer.from(token?.secretHash ?? hashSecret(''), 'base64');
  return timingSafeEqual(given, kept) && token !== undefined;
};

/** Whether a token is good for a name, as far as is known of it. */
export const roomFor = (
  token: JoinToken,
  name: InstanceName,
): 'room' | 'too many names' | 'too many bytes' => {
  if (token.names.includes(name)) return 'room';
  if (token.names.length >= token.maxNames) return 'too many names';
  const bytes = [...token.names, name].reduce((sum, one) => sum + sizeOfName(one), 0);
  return bytes > MOST_NAMES_BYTES ? 'too many bytes' : 'room';
};

export type JoinTokenStatus = 'Active' | 'Exhausted' | 'Expired' | 'Revoked';

export const tokenStatus = (token: JoinToken, now: Date): JoinTokenStatus => {
  if (token.revokedAt) return 'Revoked';
  if (token.expiresAt <= now) return 'Expired';
  return token.names.length >= token.maxNames ? 'Exhausted' : 'Active';
};
