import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Task } from '../activation/deadline.ts';
import type { Caller } from '../aws/call.ts';
import { writtenByAws } from '../aws/written-by-aws.ts';
import { type Document, toAttributes } from './attributes.ts';
import { ledgerCalls } from './call.ts';
import { createLine } from './line.ts';

interface Placeholders {
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Document | undefined;
}

/** What must hold for a write to happen. @see ConditionalCheckFailedException */
export interface Condition extends Placeholders {
  readonly ConditionExpression: string;
}

export interface Update extends Condition {
  readonly UpdateExpression: string;
}

export interface Query extends Placeholders {
  readonly IndexName?: string | undefined;
  readonly KeyConditionExpression: string;
  readonly ScanIndexForward?: boolean;
  readonly Limit: number;
  readonly ExclusiveStartKey?: Document | undefined;
}

/** DynamoDB ends a page at 1 MB, before the limit; then, and at the limit, `next` is where to go on. */
export interface Page {
  readonly items: readonly Document[];
  readonly next?: Document | undefined;
}

/**
 * A table whose items are read and written as plain values. What cannot be had now is `LedgerUnavailable`, and what
 * DynamoDB refuses on consideration is `LedgerRefused`.
 */
export interface Documents {
  /** As the last write left it. */
  get(key: Document): Promise<Document | undefined>;
  put(item: Document, condition?: Condition): Promise<void>;
  update(key: Document, update: Update): Promise<void>;
  query(query: Query): Promise<Page>;
}

/**
 * The table for a task. Reads end when nobody waits for the task any more. Writes go on until its deadline: they are
 * short, and what was begun is mostly to be taken back by one.
 */
export const createDocuments = (client: DynamoDBClient, tableName: string, caller: Caller) => {
  const line = createLine();
  return (task: Task): Documents => {
    const call = ledgerCalls(caller, line, task);
    return {
      get: async (key) => {
        const command = new GetItemCommand({
          TableName: tableName,
          Key: toAttributes(key),
          ConsistentRead: true,
        });
        const send = async (abortSignal: AbortSignal) =>
          writtenByAws(await client.send(command, { abortSignal }));
        const { Item } = await call({ operation: 'GetItem', send });
        return Item && unmarshall(Item);
      },

      put: async (item, condition) => {
        const command = new PutItemCommand({
          TableName: tableName,
          Item: toAttributes(item),
          ...withAttributes(condition),
        });
        const send = async (abortSignal: AbortSignal) =>
          writtenByAws(await client.send(command, { abortSignal }));
        await call({ operation: 'PutItem', send, mustGoOn: true });
      },

      update: async (key, update) => {
        const command = new UpdateItemCommand({
          TableName: tableName,
          Key: toAttributes(key),
          ...withAttributes(update),
        });
        const send = async (abortSignal: AbortSignal) =>
          writtenByAws(await client.send(command, { abortSignal }));
        await call({ operation: 'UpdateItem', send, mustGoOn: true });
      },

      query: async ({ ExclusiveStartKey, ...query }) => {
        const command = new QueryCommand({
          TableName: tableName,
          ...withAttributes(query),
          ExclusiveStartKey: ExclusiveStartKey && toAttributes(ExclusiveStartKey),
        });
        const send = async (abortSignal: AbortSignal) =>
          writtenByAws(await client.send(command, { abortSignal }));
        const { Items = [], LastEvaluatedKey } = await call({ operation: 'Query', send });
        return {
          items: Items.map((item) => unmarshall(item)),
          next: LastEvaluatedKey && unmarshall(LastEvaluatedKey),
        };
      },
    };
  };
};

const withAttributes = <T extends Placeholders>(given?: T) => ({
  ...given,
  ExpressionAttributeValues:
    given?.ExpressionAttributeValues && toAttributes(given.ExpressionAttributeValues),
});
