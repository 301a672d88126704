import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import {
  CreateTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { clientOptions } from '../aws/client-options.ts';
import { ledgerTable } from '../ledger/table.ts';
import { LOCAL_CREDENTIALS } from './credentials.ts';
import { privateSocket } from './private-socket.ts';

/** For how long closing waits for requests that are under way. */
const PATIENCE_MS = 5_000;
const IDLE_MS = 20;

export interface EmbeddedDynamoDb {
  readonly client: DynamoDBClient;
  /** Where it listens: dynalite lets in everyone who comes, so that only this user may. */
  readonly socketPath: string;
  close(): Promise<void>;
}

/** As many connections as the SDK makes by itself. */
const MOST_CONNECTIONS = 50;

class SocketAgent extends Agent {
  readonly #path: string;

  constructor(path: string) {
    super({ keepAlive: true, maxSockets: MOST_CONNECTIONS });
    this.#path = path;
  }

  override createConnection() {
    return connect(this.#path);
  }
}

/** The ledger's table on an embedded DynamoDB API; without a directory it is kept in memory. */
export const startEmbeddedDynamoDb = async (
  tableName: string,
  directory?: string,
  warning: (text: string) => void = () => {},
): Promise<EmbeddedDynamoDb> => {
  const server = dynalite({ ...(directory && { path: directory }), createTableMs: 0 });
  const socket = await privateSocket(directory && `${directory}.sock`);
  server.listen(socket.path);
  await once(server, 'listening');
  const client = new DynamoDBClient({
    ...clientOptions(warning, { httpAgent: new SocketAgent(socket.path) }),
    endpoint: 'http://localhost',
    region: 'local',
    credentials: LOCAL_CREDENTIALS,
  });
  await createTableOnce(client, tableName);
  return {
    client,
    socketPath: socket.path,
    close: async () => {
      // A request that is under way is finished first: half-way through, it would meet a closed database.
      const impatience = setTimeout(() => server.closeAllConnections(), PATIENCE_MS);
      // A connection whose request has just been finished would be kept alive for as long again.
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_MS);
      await promisify(server.close.bind(server))();
      clearInterval(idle);
      clearTimeout(impatience);
      await socket.remove();
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
