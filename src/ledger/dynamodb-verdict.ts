import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { Instant } from '../activation/instant.ts';
import type { SharedVerdict } from '../readiness/shared-verdict.ts';
import type { Documents, Update } from './documents.ts';

const Item = z.lazy(() =>
  z.looseObject({
    Failure: z.string().optional(),
    AskedAt: Instant.optional(),
    NodeRoleUnusableAt: Instant.optional(),
  }),
);

const KEY = { PK: 'readiness', SK: 'systems-manager' };
/** What holds for any write of the item, whether it is there or not. */
const ALWAYS = 'attribute_exists(PK) OR attribute_not_exists(PK)';

/** One item of the ledger's table, which is in no index. */
export const createDynamoDbVerdict = (documents: Documents): SharedVerdict => {
  /** Whether the update's condition held. */
  const update = async (change: Update): Promise<boolean> => {
    try {
      await documents.update(KEY, change);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
  return {
    read: async () => {
      const { AskedAt, Failure, NodeRoleUnusableAt } = Item.parse((await documents.get(KEY)) ?? {});
      const verdict = AskedAt && { at: AskedAt, failure: Failure };
      return { verdict, nodeRoleUnusableAt: NodeRoleUnusableAt };
    },

    claim: async (now, until) =>
      update({
        UpdateExpression: 'SET ClaimedUntil = :until',
        // t1 A claims, t2 B claims while A asks: one call is enough. t3 A dies: its claim ends by itself. A claim that
        // lasts longer than any is from a clock that was ahead.
        ConditionExpression:
          'attribute_not_exists(ClaimedUntil) OR ClaimedUntil <= :now OR ClaimedUntil > :until',
        ExpressionAttributeValues: { ':now': now, ':until': until },
      }),

    // The claim stays: t1 A reads that no verdict is fresh, t2 B claims, asks and writes, t3 A's claim must fail.
    write: async ({ at, failure }) => {
      await update({
        UpdateExpression:
          failure === undefined
            ? 'SET AskedAt = :at REMOVE Failure'
            : 'SET AskedAt = :at, Failure = :failure',
        ConditionExpression: ALWAYS,
        ExpressionAttributeValues: { ':at': at, ...(failure !== undefined && { ':failure': failure }) },
      });
    },

    tellNodeRoleUnusable: async (at) => {
      await update({
        UpdateExpression: 'SET NodeRoleUnusableAt = :at',
        ConditionExpression: ALWAYS,
        ExpressionAttributeValues: { ':at': at },
      });
    },
  };
};
