import { describe } from 'vitest';
import { startDynamoDbLocal, whyNoDynamoDbLocal } from './dynamodb-local.ts';
import { eventConformance } from './event-conformance.ts';
import { indexConformance } from './index-conformance.ts';
import { ledgerConformance } from './ledger-conformance.ts';
import { tableConformance } from './table-conformance.ts';
import { useTables } from './tables.ts';

const missing = whyNoDynamoDbLocal();
if (missing) console.warn(`The ledger is not tried on AWS's DynamoDB Local: ${missing}.`);

describe.skipIf(missing)(`on AWS's DynamoDB Local${missing ? `: skipped, ${missing}` : ''}`, () => {
  const newTable = useTables(startDynamoDbLocal);
  ledgerConformance(newTable);
  tableConformance(newTable);
  indexConformance(newTable);
  eventConformance(newTable);
});
