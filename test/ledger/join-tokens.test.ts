import { describe } from 'vitest';
import { startEmbeddedDynamoDb } from '../../src/local/embedded-dynamodb.ts';
import { startDynamoDbLocal, whyNoDynamoDbLocal } from './dynamodb-local.ts';
import { joinTokenConformance } from './join-token-conformance.ts';
import { useTables } from './tables.ts';

const missing = whyNoDynamoDbLocal();

describe('on dynalite, the embedded DynamoDB', () => {
  joinTokenConformance(useTables(() => startEmbeddedDynamoDb('unused')));
});

describe.skipIf(missing)(`on AWS's DynamoDB Local${missing ? `: skipped, ${missing}` : ''}`, () => {
  joinTokenConformance(useTables(startDynamoDbLocal));
});
