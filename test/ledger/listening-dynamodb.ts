import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { pipeline } from 'node:stream';
import { onTestFinished } from 'vitest';
import { startEmbeddedDynamoDb } from '../../src/local/embedded-dynamodb.ts';

/** The embedded DynamoDB at a port as well, for processes other than this one. Ends with the test. */
export const startListeningDynamoDb = async (tableName: string) => {
  const dynamoDb = await startEmbeddedDynamoDb(tableName);
  const doorway = createServer((outside) => {
    const inside = connect(dynamoDb.socketPath);
    // Whoever hangs up first ends both.
    pipeline(outside, inside, outside, () => {});
  });
  doorway.listen(0, '127.0.0.1');
  await once(doorway, 'listening');
  onTestFinished(async () => {
    doorway.close();
    await dynamoDb.close();
  });
  return { client: dynamoDb.client, url: `http://127.0.0.1:${Object(doorway.address()).port}` };
};
