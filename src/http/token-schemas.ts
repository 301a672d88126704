import * as z from 'zod';
import { StoredName } from '../activation/instance-name.ts';
import { type JoinToken, JoinTokenId, tokenStatus } from '../identity/join-token/join-token.ts';
import { Limit, TokensCursor } from './cursor.ts';
import { timestamp } from './timestamp.ts';

export const TokensQuery = z.strictObject({ limit: Limit, cursor: TokensCursor.query.optional() });
export const TokenPath = z.strictObject({ id: JoinTokenId });

/** A join token without its secret, which nothing keeps. */
export const TokenAnswer = z
  .object({
    TokenId: JoinTokenId,
    Status: z.enum(['Active', 'Exhausted', 'Expired', 'Revoked']),
    Description: z.string(),
    NamePattern: z.string(),
    MaxNames: z.int(),
    Names: z.array(StoredName).meta({ description: 'The names that it let in.' }),
    Tags: z.record(z.string(), z.string()),
    Cidrs: z.array(z.string()),
    Rejoin: z.boolean(),
    ExpirationDate: z.iso.datetime(),
    CreatedDate: z.iso.datetime(),
    CreatedBy: z.string(),
    RevokedDate: z.iso.datetime().optional(),
    RevokedBy: z.string().optional(),
  })
  .meta({
    id: 'Token',
    examples: [
      {
        TokenId: 'abcdefghijkl',
        Status: 'Active',
        Description: 'Rack 12',
        NamePattern: 'db-*',
        MaxNames: 10,
        Names: ['db-1'],
        Tags: { Role: 'database' },
        Cidrs: ['10.20.0.0/16'],
        Rejoin: false,
        ExpirationDate: '2026-11-22T10:00:00Z',
        CreatedDate: '2026-11-21T10:00:00Z',
        CreatedBy: 'operator-key',
      },
    ],
  });

export const NewTokenAnswer = TokenAnswer.extend({
  Token: z.string().meta({ description: 'The whole bearer token; it is shown this once.' }),
}).meta({ id: 'NewToken' });

export const TokensAnswer = z
  .object({ Tokens: z.array(TokenAnswer), NextCursor: z.string().optional() })
  .meta({ id: 'Tokens' });

export const tokenAnswer = (token: JoinToken, now: Date): z.infer<typeof TokenAnswer> => ({
  TokenId: token.id,
  Status: tokenStatus(token, now),
  Description: token.description,
  NamePattern: token.namePattern,
  MaxNames: token.maxNames,
  Names: [...token.names],
  Tags: { ...token.tags },
  Cidrs: [...token.cidrs],
  Rejoin: token.rejoin,
  ExpirationDate: timestamp(token.expiresAt),
  CreatedDate: timestamp(token.createdAt),
  CreatedBy: token.createdBy,
  RevokedDate: token.revokedAt && timestamp(token.revokedAt),
  RevokedBy: token.revokedBy,
});
