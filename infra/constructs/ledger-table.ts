import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  type ITable,
  ProjectionType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { ledgerTable } from '../../src/ledger/table.ts';
import type { Configuration } from '../configuration.ts';

/** The attribute by which DynamoDB lets items go: the audit trail's. */
const TIME_TO_LIVE = 'ExpiresAt';

const SCHEMA = ledgerTable('');

interface KeyElement {
  readonly AttributeName: string;
  readonly KeyType: 'HASH' | 'RANGE';
}

const keysOf = (schema: readonly KeyElement[]) => {
  const attribute = (type: KeyElement['KeyType']) => {
    const element = schema.find(({ KeyType }) => KeyType === type);
    // All of the schema's keys are strings.
    return element && { name: element.AttributeName, type: AttributeType.STRING };
  };
  const partitionKey = attribute('HASH');
  const sortKey = attribute('RANGE');
  return { ...(partitionKey && { partitionKey }), ...(sortKey && { sortKey }) };
};

/** What the functions need to know of a table that may not be of this stack. */
export type Ledger = Pick<ITable, 'tableArn' | 'tableName'>;

type LedgerOptions = Pick<Configuration, 'ledger' | 'restoredTable'>;

/** The table that the functions use. A restored one takes the place of the stack's own, which stays where it is. */
export const createLedger = (
  scope: Construct,
  { ledger, restoredTable }: LedgerOptions,
  key: IKey | undefined,
): Ledger => {
  const own = createTable(scope, key, ledger === 'protected');
  return restoredTable ? Table.fromTableName(scope, 'RestoredLedger', restoredTable) : own;
};

/** In the schema that the service itself states. Protected, it stays when the stack goes and cannot be deleted. */
const createTable = (scope: Construct, key: IKey | undefined, isProtected: boolean): Table => {
  const table = new Table(scope, 'Ledger', {
    ...keysOf(SCHEMA.KeySchema),
    billingMode: BillingMode.PAY_PER_REQUEST,
    ...(key
      ? { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: key }
      : { encryption: TableEncryption.AWS_MANAGED }),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: TIME_TO_LIVE,
    deletionProtection: isProtected,
    removalPolicy: isProtected ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  for (const { IndexName, KeySchema, Projection } of SCHEMA.GlobalSecondaryIndexes) {
    table.addGlobalSecondaryIndex({
      indexName: IndexName,
      ...keysOf(KeySchema),
      projectionType: ProjectionType[Projection.ProjectionType],
    });
  }
  return table;
};
