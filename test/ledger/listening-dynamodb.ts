import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { pipeline } from 'node:stream';
import { onTestFinished } from 'vitest';
import { type EmbeddedDynamoDb, startEmbeddedDynamoDb } from '../../src/local/embedded-dynamodb.ts';

/** Lets other processes than this one at an embedded DynamoDB, by a port, until it is closed. */
export const openDoorway = async ({ socketPath }: Pick<EmbeddedDynamoDb, 'socketPath'>) => {
  const doorway = createServer((outside) => {
    const inside = connect(socketPath);
    // Whoever hangs up first ends both.
    pipeline(outside, inside, outside, () => {});
  });
  doorway.listen(0, '127.0.0.1');
  await once(doorway, 'listening');
  return { url: `http://127.0.0.1:${Object(doorway.address()).port}`, close: () => doorway.close() };
};

/** The embedded DynamoDB at a port as well. Ends with the test. */
export const startListeningDynamoDb = async (tableName: string) => {
  const dynamoDb = await startEmbeddedDynamoDb(tableName);
  const doorway = await openDoorway(dynamoDb);
  onTestFinished(async () => {
    doorway.close();
    await dynamoDb.close();
  });
  return { client: dynamoDb.client, url: doorway.url };
};
