import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { type Api, startApi } from './api.ts';

const connectTo = async ({ app }: Api): Promise<Socket> => {
  const socket = connect(Number(new URL(app.listeningOrigin).port), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
};

/** Sends lines as they are, which a client would put right, and reads the one answer. */
const send = async (api: Api, ...lines: readonly string[]) => {
  const socket = await connectTo(api);
  socket.write([...lines, 'Connection: close', '', ''].join('\r\n'));
  return answerIn(await text(socket));
};

const answerIn = (answer: string) => {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.split(': ')[0]?.toLowerCase(), line.replace(/^[^:]*: /, '')]),
  );
  return { status: Number(statusLine.split(' ')[1]), headers, body };
};

const HOST = 'Host: localhost';

describe('an answer that no route made has a code, an id, and is not kept', () => {
  test.each([
    ['a path that cannot be decoded', 400, 'InvalidRequest', ['GET /nodes/%zz HTTP/1.1', HOST]],
    ['a path with dot segments', 400, 'InvalidRequest', ['GET /x/../activate?name=a HTTP/1.1', HOST]],
    ['a path with an encoded dot segment', 400, 'InvalidRequest', ['GET /nodes/%2e HTTP/1.1', HOST]],
    ['a path with an encoded letter', 400, 'InvalidRequest', ['GET /%61ctivate?name=a HTTP/1.1', HOST]],
    ['a path with an empty segment', 400, 'InvalidRequest', ['GET //activate?name=a HTTP/1.1', HOST]],
    ['a path with a fragment', 400, 'InvalidRequest', ['GET /activate#?name=a HTTP/1.1', HOST]],
    ['a path with a backslash', 400, 'InvalidRequest', ['GET /nodes\\x HTTP/1.1', HOST]],
    ['a whole URL for a path', 400, 'InvalidRequest', ['GET http://x/activate?name=a HTTP/1.1', HOST]],
    ['no path', 400, 'InvalidRequest', ['OPTIONS * HTTP/1.1', HOST]],
    [
      'a path longer than any name',
      400,
      'InvalidRequest',
      [`GET /nodes/${'a'.repeat(2_000)} HTTP/1.1`, HOST],
    ],
    ['no host', 400, 'InvalidRequest', ['GET /activate?name=a HTTP/1.1']],
    ['no HTTP', 400, 'InvalidRequest', ['HELLO', HOST]],
    ['a path that ends in a slash', 404, 'RouteUnknown', ['GET /activate/?name=a HTTP/1.1', HOST]],
    ['a base path of its own', 404, 'RouteUnknown', ['GET /ssm/activate?name=a HTTP/1.1', HOST]],
    ['no route', 404, 'RouteUnknown', ['GET / HTTP/1.1', HOST]],
    ['another method', 405, 'MethodNotAllowed', ['DELETE /activate?name=a HTTP/1.1', HOST]],
    [
      'too large a body',
      413,
      'BodyTooLarge',
      ['POST /activate HTTP/1.1', HOST, 'Content-Type: application/json', 'Content-Length: 70000'],
    ],
  ])('to %s', async (_what, status, code, lines) => {
    const api = await startApi();

    const answer = await send(api, ...lines);

    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'content-type': expect.stringMatching(/^application\/problem\+json/),
      'cache-control': 'no-store',
      'x-request-id': expect.stringMatching(/./),
    });
    expect(JSON.parse(answer.body)).toMatchObject({ code, requestId: answer.headers['x-request-id'] });
    expect(api.calls).toEqual([]);
  });

  test('to a path that ends in a slash, and says so', async () => {
    const api = await startApi();

    const { body } = await send(api, 'GET /activate/?name=a HTTP/1.1', HOST);

    expect(JSON.parse(body).detail).toContain('ends in a slash');
  });

  test('and HTTP/1.0 needs no host', async () => {
    const api = await startApi();

    expect(await send(api, 'GET /livez HTTP/1.0')).toMatchObject({ status: 200 });
  });
});

test('an expectation that the server does not know is passed over', async () => {
  const api = await startApi();

  const answer = await send(api, 'GET /livez HTTP/1.1', HOST, 'Expect: the-best');

  expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
});

test('a request that comes while the server stops is answered like any other', async () => {
  const api = await startApi();
  const socket = await connectTo(api);
  const head = ['POST /activate HTTP/1.1', HOST, 'Content-Type: application/json', 'Content-Length: 2'];
  socket.write([...head, 'Expect: 100-continue', '', ''].join('\r\n'));
  // A request that is under way holds the connection open.
  await once(socket, 'data');
  const answers = text(socket);
  const closed = api.app.close();
  await expect.poll(() => api.app.server.listening).toBe(false);

  socket.write(`[]GET /livez HTTP/1.1\r\n${HOST}\r\n\r\n`);

  const last = answerIn(`HTTP/1.1${(await answers).split('HTTP/1.1').at(-1)}`);
  await closed;
  expect(last).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store', connection: 'close' } });
});
