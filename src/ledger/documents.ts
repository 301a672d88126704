import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** The client through which items are read and written as plain values. */
export const createDocuments = (client: DynamoDBClient): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, {
    // The SDK takes an object for a plain one by its `constructor`, which is also a key that a tag may have.
    marshallOptions: { removeUndefinedValues: true, convertClassInstanceToMap: true },
  });
