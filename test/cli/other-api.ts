import { createServer, type RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';

/** Something at an address of its own that is not this API. Resolves to its address. */
export const startOther = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
};

/** A command that asks whoever answers so. */
export const answering = async (
  status: number,
  headers: Record<string, string>,
  body: string,
): Promise<NodeJS.ProcessEnv> => ({
  SSM_ACTIVATION_API: await startOther((_request, response) => {
    response.writeHead(status, headers).end(body);
  }),
  OPERATOR_KEY: 'some-operator-key',
});
