import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** Indexes of the ledger's table, by what they answer. */
export const BY_KIND = 'ByKind';
export const BY_NODE = 'ByNode';
export const BY_DUE_TIME = 'ByDueTime';

/**
 * One item a name (`PK` its name, `SK` "name"), and beside it the name's events. The indexes are sparse: an item
 * stands in one only while it has that index's attributes. Each index has one partition for all names, and one each for
 * what happened and for refusals; DynamoDB takes 1,000 writes a second in it, SSM a handful of activations. Refusals,
 * which strangers make, are merged and bounded beside.
 */
export const ledgerTable = (tableName: string) =>
  ({
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'PK', AttributeType: 'S' },
      { AttributeName: 'SK', AttributeType: 'S' },
      { AttributeName: 'Kind', AttributeType: 'S' },
      { AttributeName: 'Position', AttributeType: 'S' },
      { AttributeName: 'NodeId', AttributeType: 'S' },
      { AttributeName: 'Unfinished', AttributeType: 'S' },
      { AttributeName: 'DueAt', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'PK', KeyType: 'HASH' },
      { AttributeName: 'SK', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: BY_KIND,
        KeySchema: [
          { AttributeName: 'Kind', KeyType: 'HASH' },
          { AttributeName: 'Position', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
      {
        IndexName: BY_NODE,
        KeySchema: [{ AttributeName: 'NodeId', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
      {
        IndexName: BY_DUE_TIME,
        KeySchema: [
          { AttributeName: 'Unfinished', KeyType: 'HASH' },
          { AttributeName: 'DueAt', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  }) satisfies CreateTableCommandInput;
