import { once } from 'node:events';
import type { Server } from 'node:http';

export interface Listener {
  readonly url: string;
  close(): Promise<void>;
}

/** On loopback, at a free port unless one is named. */
export const listen = async (server: Server, port = 0): Promise<Listener> => {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
