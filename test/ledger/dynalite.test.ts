import { describe } from 'vitest';
import { startEmbeddedDynamoDb } from '../../src/local/embedded-dynamodb.ts';
import { eventConformance } from './event-conformance.ts';
import { indexConformance } from './index-conformance.ts';
import { ledgerConformance } from './ledger-conformance.ts';
import { tableConformance } from './table-conformance.ts';
import { useTables } from './tables.ts';

describe('on dynalite, the embedded DynamoDB', () => {
  const newTable = useTables(() => startEmbeddedDynamoDb('unused'));
  ledgerConformance(newTable);
  tableConformance(newTable);
  indexConformance(newTable);
  eventConformance(newTable);
});
