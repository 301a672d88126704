import { connect } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Api, startApi } from './api.ts';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 200);

/** Sends bytes as they are, and resolves to all that comes back until the server or `patienceMs` ends it. */
const sendRaw = ({ app }: Api, bytes: string | Uint8Array, patienceMs = 1_000): Promise<string> =>
  new Promise((resolve) => {
    const port = Number(new URL(app.listeningOrigin).port);
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(patienceMs, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
  });

const bodyOf = (answer: string): unknown => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));

test.each([
  ['no HTTP', 'HELLO\r\n\r\n'],
  ['an unknown method', 'MINT /activate?name=web-1 HTTP/1.1\r\nHost: x\r\n\r\n'],
  [
    'a header of 20 KB',
    `GET /activate?name=web-1 HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`,
  ],
  ['a URL of 20 KB', `GET /activate?name=${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
  [
    'two lengths',
    'POST /activate?name=web-1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
  ],
  [
    'a length and chunks',
    'POST /activate?name=web-1 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
])('%s is answered with a problem, and the connection is ended', async (_case, bytes) => {
  const api = await startApi();

  const answer = await sendRaw(api, bytes);

  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(answer.toLowerCase()).toContain('\r\ncache-control: no-store\r\n');
  expect(answer.toLowerCase()).toContain('\r\ncontent-type: application/problem+json');
  expect(bodyOf(answer)).toMatchObject({
    status: 400,
    code: 'InvalidRequest',
    requestId: expect.any(String),
  });
  expect(api.calls).toEqual([]);
});

test('bytes of any kind mint nothing and leave the server standing', async () => {
  const api = await startApi();
  const line = fc.constantFrom(
    'GET /activate?name=a HTTP/1.1',
    'Host: x',
    'Content-Length: 5',
    'Expect: x',
    '',
    '{"na',
  );
  const lines = fc.array(line, { maxLength: 5 }).map((all) => `${all.join('\r\n')}\r\n`);
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    lines.map((text) => Buffer.from(`\0${text}`)),
  );

  await fc.assert(
    fc.asyncProperty(junk, async (bytes) => {
      await sendRaw(api, bytes, 20);
    }),
    { numRuns: Math.ceil(RUNS / 5) },
  );

  expect(api.calls).toEqual([]);
  await api.http.get('/livez').expect(200);
});

test('a caller that hangs up in the middle of its body mints nothing', async () => {
  const api = await startApi();
  const head =
    'POST /activate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n';

  await sendRaw(api, `${head}{"name":"web-1"`, 50);

  await api.http.get('/livez').expect(200);
  expect(api.calls).toEqual([]);
});
