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

/** One item of the ledger's table, which is in no index. `claimant` is who asks, by any name of its own. */
export const createDynamoDbVerdict = (documents: Documents, claimant: string): SharedVerdict => {
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
        UpdateExpression: 'SET ClaimedUntil = :until, ClaimedBy = :claimant',
        // t1 A claims, t2 B claims while A asks: one call is enough. t3 A dies: its claim ends by itself. A claim that
        // lasts longer than any is from a clock that was ahead. t1 A's claim is written and its answer is lost, t2 it is
        // sent again: it is A's own.
        ConditionExpression:
          'attribute_not_exists(ClaimedUntil) OR ClaimedUntil <= :now OR ClaimedUntil > :until OR ClaimedBy = :claimant',
        ExpressionAttributeValues: { ':now': now, ':until': until, ':claimant': claimant },
      }),

    // The claim stays: t1 A reads that no verdict is fresh, t2 B claims, asks and writes, t3 A's claim must fail.
    write: async ({ at, failure }) => {
      await update({
        UpdateExpression:
          failure === undefined
            ? 'SET AskedAt = :at REMOVE Failure'
            : 'SET AskedAt = :at, Failure = :failure',
        // t1 A asks and its write is held up, t2 B asks and writes, t3 A's write comes late.
        ConditionExpression: 'attribute_not_exists(AskedAt) OR AskedAt < :at',
        ExpressionAttributeValues: { ':at': at, ...(failure !== undefined && { ':failure': failure }) },
      });
    },

    tellNodeRoleUnusable: async (at) => {
      await update({
        UpdateExpression: 'SET NodeRoleUnusableAt = :at',
        // As above: the later of two moments stays, whichever comes first.
        ConditionExpression: 'attribute_not_exists(NodeRoleUnusableAt) OR NodeRoleUnusableAt < :at',
        ExpressionAttributeValues: { ':at': at },
      });
    },
  };
};
