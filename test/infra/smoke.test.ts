import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';

/** A deployed API as the smoke test sees it: a status for each path, given the request's headers. */
const startApi = async (
  statusOf: (path: string, headers: IncomingHttpHeaders) => number,
): Promise<string> => {
  const server = createServer(({ url = '', headers }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    response.writeHead(statusOf(pathname.replace('/latest', ''), headers)).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}/latest/`;
};

const smoke = async (url: string): Promise<{ code: number; output: string }> =>
  new Promise((resolve) => {
    const env = {
      PATH: process.env['PATH'],
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'session',
    };
    execFile('infra/smoke.sh', [url], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
    });
  });

const isSigned = ({ authorization = '', ...headers }: IncomingHttpHeaders): boolean =>
  authorization.startsWith('AWS4-HMAC-SHA256 Credential=AKIATEST/') &&
  authorization.includes('/eu-west-1/execute-api/aws4_request') &&
  headers['x-amz-security-token'] === 'session';

const healthy = (path: string, headers: IncomingHttpHeaders): number => {
  if (path === '/activate') return 401;
  if (path === '/nodes') return isSigned(headers) ? 200 : 403;
  return 200;
};

it('the smoke test passes against a service as it should be', async () => {
  const { code, output } = await smoke(await startApi(healthy));

  expect(output.match(/^ok/gm)).toHaveLength(5);
  expect(code).toBe(0);
});

it.each([
  ['operator routes are open to all', '/nodes', 200, 'operator routes are closed without IAM'],
  ['a machine needs no proof', '/activate', 200, 'a machine without a proof gets nothing'],
  ['Systems Manager cannot be called', '/readyz', 503, 'the ledger and Systems Manager answer it'],
])('the smoke test fails when %s', async (_what, path, status, failed) => {
  const url = await startApi((asked, headers) => (asked === path ? status : healthy(asked, headers)));

  const { code, output } = await smoke(url);

  expect(output).toContain(`FAILED  ${failed}`);
  expect(code).toBe(1);
});
