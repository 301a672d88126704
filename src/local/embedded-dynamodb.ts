import { once } from 'node:events';
import { promisify } from 'node:util';
import {
  CreateTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { ledgerTable } from '../ledger/table.ts';
import { LOCAL_CREDENTIALS } from './credentials.ts';

/** For how long closing waits for requests that are under way. */
const PATIENCE_MS = 5_000;

export interface EmbeddedDynamoDb {
  readonly client: DynamoDBClient;
  close(): Promise<void>;
}

/** The ledger's table on an embedded DynamoDB API; without a directory it is kept in memory. */
export const startEmbeddedDynamoDb = async (
  tableName: string,
  directory?: string,
): Promise<EmbeddedDynamoDb> => {
  const server = dynalite({ ...(directory && { path: directory }), createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the embedded DynamoDB has no port');
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: 'local',
    credentials: LOCAL_CREDENTIALS,
  });
  await createTableOnce(client, tableName);
  return {
    client,
    close: async () => {
      // A request that is under way is finished first: half-way through, it would meet a closed database.
      const impatience = setTimeout(() => server.closeAllConnections(), PATIENCE_MS);
      await promisify(server.close.bind(server))();
      clearTimeout(impatience);
      client.destroy();
    },
  };
};

/** A table is there some moments after the answer to CreateTable; this waits for it. */
export const createTableOnce = async (client: DynamoDBClient, tableName: string): Promise<void> => {
  try {
    await client.send(new CreateTableCommand(ledgerTable(tableName)));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists(
    { client, minDelay: 0.01, maxDelay: 0.1, maxWaitTime: 10 },
    { TableName: tableName },
  );
};
