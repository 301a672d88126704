/** A page in a victim's browser, on the victim's machine or in its network, asks for an activation in the victim's place. */
import { DescribeActivationsCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { createApiGatewayHandler } from '../../src/http/api-gateway.ts';
import { CONTEXT, restEvent } from '../http/api-gateway-events.ts';
import { type ServerProcess, startServer, temporaryDirectory } from '../process/server-process.ts';
import { startService } from '../service.ts';
import { type RawRequest, sendRaw } from './raw-request.ts';

const start = async (environment = {}) => startServer(await temporaryDirectory(), environment);

const hostOf = (server: ServerProcess) => new URL(server.url).host;

const ask = (server: ServerProcess, headers: RawRequest['headers'], target = '/activate?name=web-1') =>
  sendRaw(server.url, { target, headers });

const activationsOf = async ({ ssm }: ServerProcess) =>
  (await ssm.send(new DescribeActivationsCommand())).ActivationList ?? [];

describe('by a name of the attacker that leads to the service (DNS rebinding)', () => {
  test('a host that is not the server’s mints nothing and is in the audit trail', async () => {
    const server = await start();
    const port = new URL(server.url).port;
    const hosts = [
      'evil.example',
      `evil.example:${port}`,
      `127.0.0.1.evil.example:${port}`,
      `0.0.0.0:${port}`,
    ];
    const strange = [...hosts, `localhost:${port}@evil.example`, '127.0.0.1, evil.example', '[::1', ''];

    const answers = await Promise.all(
      strange.map((host) =>
        ask(server, [
          ['Host', host],
          ['Origin', `http://${host}`],
        ]),
      ),
    );

    expect(answers.map(({ status, code }) => [status, code])).toEqual(
      strange.map(() => [421, 'HostUnknown']),
    );
    expect(await activationsOf(server)).toEqual([]);
    const { body } = await server.call('/events', { as: server.operatorKey });
    expect(body['Events']).toMatchObject([
      { Event: 'RequestRefused', Code: 'HostUnknown', Count: strange.length },
    ]);
  });

  test('a second Host header, or a target in absolute form, does not hide the foreign name', async () => {
    const server = await start();
    const own = ['Host', hostOf(server)] as const;

    const second = await ask(server, [own, ['Host', 'evil.example']]);
    const absolute = await ask(server, [own], 'http://evil.example/activate?name=web-1');

    expect(second.status).toBeGreaterThanOrEqual(400);
    expect(absolute.status).toBeGreaterThanOrEqual(400);
    expect(await activationsOf(server)).toEqual([]);
  });

  test('X-Forwarded-Host makes no foreign host a known one', async () => {
    const server = await start({ TRUSTED_PROXIES: '127.0.0.1' });
    const headers = [
      ['Host', 'evil.example'],
      ['X-Forwarded-Host', hostOf(server)],
    ] as const;

    expect(await ask(server, headers)).toMatchObject({ status: 421, code: 'HostUnknown' });
  });

  test('no bootstrap script names the attacker’s host', async () => {
    const server = await start({ TRUSTED_PROXIES: '127.0.0.1' });

    const byHost = await ask(server, [['Host', 'evil.example']], '/bootstrap/linux');
    const forwarded = [
      ['Host', hostOf(server)],
      ['X-Forwarded-Host', 'evil.example'],
      ['X-Forwarded-Proto', "x';id;'"],
    ] as const;
    const byProxy = await ask(server, forwarded, '/bootstrap/linux');

    expect(byHost).toMatchObject({ status: 421, code: 'HostUnknown' });
    expect(byProxy.body).toContain(`\ndefault_api='${server.url}'\n`);
  });

  test('the server answers to loopback, to PUBLIC_URL and to ALLOWED_HOSTS', async () => {
    const server = await start({
      PUBLIC_URL: 'https://api.example/latest',
      ALLOWED_HOSTS: 'activation.lan, 10.1.2.3',
      TRUSTED_PROXIES: 'none',
    });
    const known = [
      hostOf(server),
      'localhost:1',
      'LOCALHOST.',
      '[::1]:8080',
      'api.example',
      'activation.lan:80',
      '10.1.2.3',
    ];

    const answers = await Promise.all(known.map((host) => ask(server, [['Host', host]], '/livez')));

    expect(answers.map(({ status }) => status)).toEqual(known.map(() => 200));
  });
});

describe('by a request across sites, to the service’s own host', () => {
  test.each([
    ['an Origin of another site', [['Origin', 'http://evil.example']]],
    ['an Origin of another port of the same machine', [['Origin', 'http://127.0.0.1:1']]],
    ['an Origin that is hidden', [['Origin', 'null']]],
    ['a cross-site image or link', [['Sec-Fetch-Site', 'cross-site']]],
    ['a page of the same site', [['Sec-Fetch-Site', 'same-site']]],
    [
      'an image over plain HTTP, of which browsers tell less',
      [
        ['Accept-Language', 'en'],
        ['Accept', 'image/*'],
      ],
    ],
  ] as const)('%s mints nothing by network proof', async (_what, headers) => {
    const server = await start();

    const answer = await ask(server, [['Host', hostOf(server)], ...headers]);

    expect(answer).toMatchObject({ status: 403, code: 'OriginNotAllowed' });
    expect(answer.head).not.toContain('access-control-');
    expect(await activationsOf(server)).toEqual([]);
  });

  test('the operator key does not speak for a page of another site', async () => {
    const server = await start();
    const headers = [
      ['Host', hostOf(server)],
      ['Authorization', `Bearer ${server.operatorKey}`],
    ] as const;

    const own = await ask(server, [...headers, ['Origin', server.url]], '/nodes');
    const foreign = await ask(server, [...headers, ['Origin', 'http://evil.example']], '/nodes');

    expect(own.status).toBe(200);
    expect(foreign).toMatchObject({ status: 403, code: 'OriginNotAllowed' });
  });

  test('a page of the service’s own and Node’s fetch, which tells its language, are let in', async () => {
    const server = await start();
    const page = [
      ['Origin', server.url],
      ['Sec-Fetch-Site', 'same-origin'],
      ['Accept-Language', 'en'],
    ] as const;

    expect((await ask(server, [['Host', hostOf(server)], ...page])).status).toBe(200);
    expect((await server.call('/activate?name=web-2')).status).toBe(200);
  });

  test('a proof that no browser has is not stopped', async () => {
    const server = await start();
    const order = {
      namePattern: 'db-*',
      maxNames: 1,
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
    };
    const made = await server.call('/tokens', { method: 'POST', as: server.operatorKey, body: order });

    const headers = [
      ['Host', hostOf(server)],
      ['Authorization', `Bearer ${made.body['Token']}`],
      ['Origin', 'null'],
    ] as const;

    expect((await ask(server, headers, '/activate?name=db-1')).status).toBe(200);
  });

  test('behind API Gateway a foreign Origin mints nothing either', async () => {
    const { context } = await startService();
    const handler = createApiGatewayHandler(context);
    const from = (origin: string) =>
      handler(
        restEvent({ method: 'GET', path: '/activate', query: { name: ['web-1'] }, headers: { origin } }),
        CONTEXT,
      );

    const foreign = await from('https://evil.example');
    const own = await from('https://abc123.execute-api.eu-west-1.amazonaws.com');

    expect(foreign.statusCode).toBe(403);
    expect(JSON.parse(foreign.body)).toMatchObject({ code: 'OriginNotAllowed' });
    expect(own.statusCode).toBe(200);
  });
});

describe('through the embedded AWS', () => {
  const call = (url: string, headers: RawRequest['headers'], method = 'POST') => {
    const signed =
      'AWS4-HMAC-SHA256 Credential=local/20261121/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=0';
    const target = [
      ['X-Amz-Target', 'AmazonSSM.DescribeActivations'],
      ['Content-Type', 'application/x-amz-json-1.1'],
    ] as const;
    return sendRaw(url, {
      method,
      target: '/',
      headers: [...headers, ...target, ['Authorization', signed]],
      body: '{}',
    });
  };

  test.each([
    ['a host name of the attacker', 'evil.example', []],
    ['an Origin', undefined, [['Origin', 'http://evil.example']]],
    ['a browser’s own note', undefined, [['Sec-Fetch-Site', 'same-origin']]],
  ] as const)('%s is refused before any signature is looked at', async (_what, foreignHost, headers) => {
    const { awsUrl } = await start();

    const answer = await call(awsUrl, [['Host', foreignHost ?? new URL(awsUrl).host], ...headers]);

    expect(answer).toMatchObject({ status: 400, code: 'AccessDeniedException' });
    expect(answer.body).toMatch(/browsers|host name/);
  });

  test('a preflight gets no leave', async () => {
    const { awsUrl } = await start();
    const headers = [
      ['Host', new URL(awsUrl).host],
      ['Origin', 'http://evil.example'],
      ['Access-Control-Request-Method', 'POST'],
    ] as const;

    const answer = await call(awsUrl, headers, 'OPTIONS');

    expect(answer.status).toBe(400);
    expect(answer.head).not.toContain('access-control-');
  });
});
