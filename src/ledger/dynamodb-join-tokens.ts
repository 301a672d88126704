import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import {
  JoinToken,
  type JoinTokenId,
  MOST_NAMES_BYTES,
  sizeOfName,
} from '../identity/join-token/join-token.ts';
import type { JoinTokens } from '../identity/join-token/join-tokens.ts';
import type { Documents, Update } from './documents.ts';
import { BY_KIND } from './table.ts';

/** The names are a set of their own, so that one update can both test and extend it. */
const Item = z.lazy(() =>
  z
    .looseObject({
      Token: z.looseObject({}),
      Names: z.set(z.string()).optional(),
      RevokedAt: z.string().optional(),
      RevokedBy: z.string().optional(),
    })
    .transform(({ Token, Names, RevokedAt, RevokedBy }) =>
      JoinToken.parse({
        ...Token,
        names: [...(Names ?? [])].sort(),
        revokedAt: RevokedAt,
        revokedBy: RevokedBy,
      }),
    ),
);

const LIVE = 'attribute_not_exists(RevokedAt) AND ExpiresAfter > :now';

const tokenKey = (id: string) => ({ PK: `token#${id}`, SK: 'token' });

/** Join tokens on the DynamoDB API. */
export const createDynamoDbJoinTokens = (documents: Documents): JoinTokens => {
  const read = async (id: JoinTokenId): Promise<JoinToken | undefined> => {
    const item = await documents.get(tokenKey(id));
    return item && Item.parse(item);
  };

  /** Whether the update's condition held. */
  const update = async (id: JoinTokenId, change: Update): Promise<boolean> => {
    try {
      await documents.update(tokenKey(id), change);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  return {
    read,

    create: async (token) => {
      const { names: _none, ...stored } = token;
      const item = {
        ...tokenKey(token.id),
        Kind: 'token',
        Position: `${token.createdAt.toISOString()}#${token.id}`,
        ExpiresAfter: token.expiresAt,
        MaxNames: token.maxNames,
        Token: stored,
      };
      // Two tokens of one id would share a secret's fate; 60 random bits make it unheard of, not impossible.
      try {
        await documents.put(item, { ConditionExpression: 'attribute_not_exists(PK)' });
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // t1 the token is written and the answer is lost, t2 it is sent again and finds itself: nobody else has its secret.
        if ((await read(token.id))?.secretHash !== token.secretHash) throw error;
      }
    },

    list: async ({ limit, after }) => {
      const page = await documents.query({
        IndexName: BY_KIND,
        KeyConditionExpression: '#kind = :kind',
        ExpressionAttributeNames: { '#kind': 'Kind' },
        ExpressionAttributeValues: { ':kind': 'token' },
        ScanIndexForward: false,
        Limit: limit,
        ExclusiveStartKey: after === undefined ? undefined : startAfter(after),
      });
      return {
        tokens: page.items.map((item) => Item.parse(item)),
        next: z.looseObject({ Position: z.string() }).safeParse(page.next).data?.Position,
      };
    },

    revoke: async (id, by, now) => {
      await update(id, {
        UpdateExpression: 'SET RevokedAt = :now, RevokedBy = :by',
        // t1 A revokes, t2 B revokes: the trail keeps who did it first. And nothing is made of an id that is no token.
        ConditionExpression: 'attribute_exists(PK) AND attribute_not_exists(RevokedAt)',
        ExpressionAttributeValues: { ':now': now.toISOString(), ':by': by },
      });
      return read(id);
    },

    countName: async (id, name, now) => {
      // A reserved word of DynamoDB's.
      const ExpressionAttributeNames = { '#names': 'Names' };
      const values = { ':added': new Set([name]), ':name': name, ':now': now.toISOString() };
      const bytes = sizeOfName(name);
      const isNew = await update(id, {
        UpdateExpression: 'ADD #names :added, NamesBytes :bytes',
        // t1 A and B read that one name is left, t2 A takes it, t3 B's update must fail; and a token that is revoked
        // or expires between the check of the secret and this write must let nobody in, new or counted before.
        // t1 A and B count the same name: the later one must not add its bytes once more.
        ConditionExpression: `${LIVE} AND (attribute_not_exists(#names) OR (NOT contains(#names, :name) AND size(#names) < MaxNames AND (attribute_not_exists(NamesBytes) OR NamesBytes <= :room)))`,
        ExpressionAttributeNames,
        ExpressionAttributeValues: { ...values, ':bytes': bytes, ':room': MOST_NAMES_BYTES - bytes },
      });
      if (isNew) return 'counted';
      const isKnown = await update(id, {
        UpdateExpression: 'ADD #names :added',
        // t1 the update above finds the name counted, t2 the token is revoked, t3 this one must fail. Names never go,
        // so that nothing else can come between the two.
        ConditionExpression: `${LIVE} AND contains(#names, :name)`,
        ExpressionAttributeNames,
        ExpressionAttributeValues: values,
      });
      return isKnown ? 'counted' : 'refused';
    },
  };
};

const startAfter = (position: string) => ({
  ...tokenKey(position.slice(position.indexOf('#') + 1)),
  Kind: 'token',
  Position: position,
});
