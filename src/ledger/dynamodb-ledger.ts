import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { ManagedNodeId } from '../activation/identifiers.ts';
import type { InstanceName } from '../activation/instance-name.ts';
import type { Ledger, ListQuery } from '../activation/ports.ts';
import type { NameRecord } from '../activation/record.ts';
import type { Condition, Documents, Query } from './documents.ts';
import { fromItem, kindPosition, nameKey, nameOfKey, toItem } from './name-item.ts';
import { BY_DUE_TIME, BY_KIND, BY_NODE } from './table.ts';

/** The ledger on the DynamoDB API: DynamoDB itself on AWS, an embedded one locally. */
export const createDynamoDbLedger = (documents: Documents): Ledger => {
  const read = async (name: InstanceName): Promise<NameRecord | undefined> => {
    const item = await documents.get(nameKey(name));
    return item && fromItem(item);
  };

  const replace = async (previous: NameRecord | undefined, next: NameRecord): Promise<boolean> => {
    try {
      await documents.put(toItem(next), unchangedSince(previous));
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // t1 our write takes effect, t2 its answer is lost, t3 it is sent again and its condition fails: we did win. t2' another
      // writer came after us: taken for lost, our change would be made once more and undo that writer's.
      const current = await read(next.name);
      return (
        current?.revision === next.revision || current?.earlierRevisions.includes(next.revision) === true
      );
    }
  };

  const list = async ({ prefix, limit, after }: ListQuery): Promise<readonly NameRecord[]> => {
    // DynamoDB refuses a start outside the prefix: all of the prefix comes after a name before it, nothing after one beyond.
    const starts = after?.startsWith(prefix);
    if (after && !starts && Buffer.compare(Buffer.from(after), Buffer.from(prefix)) > 0) return [];
    const items = await queryAll({
      IndexName: BY_KIND,
      KeyConditionExpression: prefix ? '#kind = :kind AND begins_with(#position, :prefix)' : '#kind = :kind',
      ExpressionAttributeNames: { '#kind': 'Kind', ...(prefix ? { '#position': 'Position' } : {}) },
      ExpressionAttributeValues: { ':kind': 'name', ...(prefix ? { ':prefix': prefix } : {}) },
      Limit: limit,
      ExclusiveStartKey: after && starts ? { ...nameKey(after), ...kindPosition(after) } : undefined,
    });
    return items.map(fromItem);
  };

  /** Goes on over pages until the limit or the end. */
  const queryAll = async (query: Query): Promise<unknown[]> => {
    const items: unknown[] = [];
    let start = query.ExclusiveStartKey;
    do {
      const page = await documents.query({
        ...query,
        Limit: query.Limit - items.length,
        ExclusiveStartKey: start,
      });
      items.push(...page.items);
      start = page.next;
    } while (start && items.length < query.Limit);
    return items;
  };

  const nameOf = async (node: ManagedNodeId): Promise<InstanceName | undefined> => {
    const [key] = await queryAll({
      IndexName: BY_NODE,
      KeyConditionExpression: 'NodeId = :node',
      ExpressionAttributeValues: { ':node': node },
      Limit: 1,
    });
    return key === undefined ? undefined : nameOfKey(key);
  };

  const due = async (now: Date, limit: number): Promise<readonly InstanceName[]> => {
    const keys = await queryAll({
      IndexName: BY_DUE_TIME,
      KeyConditionExpression: 'Unfinished = :unfinished AND DueAt <= :now',
      ExpressionAttributeValues: { ':unfinished': 'name', ':now': now.toISOString() },
      Limit: limit,
    });
    return keys.map(nameOfKey);
  };

  const check = async (): Promise<void> => {
    await documents.get({ PK: 'check', SK: 'check' });
  };

  return { read, replace, list, nameOf, due, check };
};

/**
 * Two writers read the same state: t1 A reads r1, t2 B reads r1, t3 A writes r2, t4 B writes. Without the condition B
 * would undo A's decision, and both would mint.
 */
const unchangedSince = (previous: NameRecord | undefined): Condition =>
  previous
    ? {
        ConditionExpression: 'Revision = :revision',
        ExpressionAttributeValues: { ':revision': previous.revision },
      }
    : { ConditionExpression: 'attribute_not_exists(PK)' };
