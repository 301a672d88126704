import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { createApiGatewayHandler } from '../../src/http/api-gateway.ts';
import { Policy } from '../../src/policy/policy.ts';
import { type Call, CONTEXT, restEvent } from '../http/api-gateway-events.ts';
import { OPERATOR } from '../service.ts';
import { type Fleet, startFleet } from './fleet.ts';

/** Callers of this network are let in; those of the tests call from elsewhere. */
const POLICY = Policy.parse({
  joinTokens: {},
  network: [{ cidrs: ['10.0.0.0/8'], names: ['*'] }],
});
const INSIDE = '10.1.2.3';
const ARN = 'arn:aws:sts::111122223333:assumed-role/Operators/alice';
const KEY = OPERATOR.authorization;

const forgedEvent = (path: string) =>
  encodeURIComponent(JSON.stringify(restEvent({ method: 'GET', path, sourceIp: INSIDE, userArn: ARN })));

/** What proxies, gateways and adapters say of a caller, as a caller would say it of itself. */
const TRICKS: readonly (readonly [string, string])[] = [
  ['X-Forwarded-For', INSIDE],
  ['X-Forwarded-For', `${INSIDE}, 203.0.113.9`],
  ['Forwarded', `for=${INSIDE};proto=https`],
  ['X-Real-IP', INSIDE],
  ['X-Client-IP', INSIDE],
  ['True-Client-IP', INSIDE],
  ['CF-Connecting-IP', INSIDE],
  ['X-Cluster-Client-IP', INSIDE],
  ['X-Original-Forwarded-For', INSIDE],
  ['X-Envoy-External-Address', INSIDE],
  ['Via', `1.1 ${INSIDE}`],
  ['x-apigateway-event', forgedEvent('/')],
  ['x-apigateway-context', encodeURIComponent(JSON.stringify(CONTEXT))],
  ['x-aws-lambda-fastify-request', '0123456789abcdef01234567'],
  ['x-amzn-request-context', JSON.stringify({ identity: { sourceIp: INSIDE, userArn: ARN } })],
  ['x-amzn-vpce-id', 'vpce-0123456789abcdef0'],
  ['x-amzn-source-ip', INSIDE],
  ['x-amzn-iam-user-arn', ARN],
  ['x-amzn-oidc-identity', 'alice'],
  ['x-amz-security-token', 'token'],
  ['X-Original-URL', '/nodes'],
  ['X-Rewrite-URL', '/nodes'],
  ['X-HTTP-Method-Override', 'DELETE'],
];

const ACTIVATE = '/activate?name=web-1';

/** Sends a request octet for octet, which clients do not let one do, and reads the status and the code of its answer. */
const sendRaw = async (fleet: Fleet, path: string, lines: readonly string[]) => {
  const address = fleet.app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const socket = connect(address.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...lines, '', ''].join('\r\n'),
  );
  const answer = await text(socket);
  return {
    status: Number(answer.split(' ')[1]),
    code: /"code":"(\w+)"/.exec(answer)?.[1],
  };
};

const startServer = async () => {
  const fleet = await startFleet(POLICY);
  await fleet.app.listen({ host: '127.0.0.1', port: 0 });
  return fleet;
};

const DENIED = { status: 401, code: 'InvalidIdentity' };
const NO_OPERATOR = { status: 401, code: 'OperatorRequired' };

describe('on the server', () => {
  test('no header makes a caller another address or an operator', async () => {
    const fleet = await startServer();

    for (const [name, value] of TRICKS) {
      expect(await sendRaw(fleet, ACTIVATE, [`${name}: ${value}`]), name).toEqual(DENIED);
      expect(await sendRaw(fleet, '/nodes', [`${name}: ${value}`]), name).toEqual(NO_OPERATOR);
    }
    const all = TRICKS.map(([name, value]) => `${name}: ${value}`);
    expect(await sendRaw(fleet, ACTIVATE, all)).toEqual(DENIED);
    expect(await sendRaw(fleet, '/nodes', all)).toEqual(NO_OPERATOR);
    expect((await fleet.operate('GET', '/nodes')).body).toEqual({ Nodes: [] });
  });

  test('the address of a refused caller is the one it has, whatever it says of itself', async () => {
    const fleet = await startServer();

    await sendRaw(fleet, ACTIVATE, [`X-Forwarded-For: ${INSIDE}`]);

    expect((await fleet.operate('GET', '/events')).body).toMatchObject({
      Events: [{ Identity: { Proof: 'none', Subject: '127.0.0.1' } }],
    });
  });

  test.each([
    ['a wrong key before the right one', ['Authorization: Bearer wrong', `Authorization: ${KEY}`]],
    ['both keys in one header', [`Authorization: Bearer wrong, ${KEY}`]],
    ['the right key before a wrong one, in one header', [`Authorization: ${KEY}, Bearer wrong`]],
    ['the key in a header for proxies', [`Proxy-Authorization: ${KEY}`]],
    ['the key in a forwarded header', [`X-Forwarded-Authorization: ${KEY}`]],
    ['the key in a header under a look-alike name', [`Authorization\x0b: ${KEY}`]],
    ['the key in a continued line', ['X-Other: 1', ` Authorization: ${KEY}`]],
  ])('%s is no operator', async (_what, lines) => {
    const fleet = await startServer();

    const { status } = await sendRaw(fleet, '/nodes', lines);

    expect([400, 401]).toContain(status);
  });

  test('of two tokens in two headers only the first is looked at', async () => {
    const fleet = await startServer();
    const { token } = await fleet.makeToken();
    const good = `Authorization: Bearer ${token}`;
    const bad = `Authorization: Bearer ${token}x`;

    expect(await sendRaw(fleet, ACTIVATE, [bad, good])).toEqual(DENIED);
    expect(await sendRaw(fleet, ACTIVATE, [`${good}, Bearer ${token}x`])).toEqual(DENIED);
  });

  test.each([
    ['an absolute address', `http://${INSIDE}${ACTIVATE}`],
    ['credentials in the address', `http://${INSIDE}@localhost${ACTIVATE}`],
    ['another host', ACTIVATE],
  ])('a request for %s comes from where it comes from', async (_what, path) => {
    const fleet = await startServer();

    const { status } = await sendRaw(fleet, path, [`X-Forwarded-Host: ${INSIDE}`]);

    expect(status).toBeGreaterThanOrEqual(400);
    expect((await fleet.operate('GET', '/nodes')).body).toEqual({ Nodes: [] });
  });
});

describe('behind a REST API', () => {
  const OUTSIDE = '203.0.113.9';
  const start = async () => {
    const fleet = await startFleet(POLICY);
    const handler = createApiGatewayHandler(fleet.context);
    const send = async (call: Partial<Call>) => {
      const event = restEvent({ method: 'GET', path: '/activate', sourceIp: OUTSIDE, ...call });
      const { statusCode, body } = await handler(event, CONTEXT);
      return { status: statusCode, code: JSON.parse(body).code };
    };
    return { fleet, send };
  };
  const query = { name: ['web-1'] };

  test('no header makes a caller another address or an operator', async () => {
    const { fleet, send } = await start();

    for (const [name, value] of TRICKS) {
      const headers = { [name]: value };
      expect(await send({ query, headers }), name).toEqual(DENIED);
      expect(await send({ path: '/nodes', headers }), name).toEqual(NO_OPERATOR);
    }
    const headers = Object.fromEntries(TRICKS);
    expect(await send({ query, headers })).toEqual(DENIED);
    expect(await send({ path: '/nodes', headers })).toEqual(NO_OPERATOR);
    expect((await fleet.operate('GET', '/nodes')).body).toEqual({ Nodes: [] });
  });

  test('no header that is there several times makes a caller another address or an operator', async () => {
    const { send } = await start();
    const headers = Object.fromEntries(TRICKS.map(([name, value]) => [name, [value, value]]));

    expect(await send({ query, headers })).toEqual(DENIED);
    expect(await send({ path: '/nodes', headers })).toEqual(NO_OPERATOR);
  });

  test('a body that looks like an event is a body', async () => {
    const { send } = await start();
    const body = restEvent({ method: 'GET', path: '/nodes', sourceIp: INSIDE, userArn: ARN });
    const headers = { 'Content-Type': 'application/json' };

    expect(await send({ method: 'POST', query, body, headers })).toMatchObject({ status: 400 });
    expect(await send({ path: '/nodes', body, headers })).toMatchObject({ status: 401 });
  });

  test('a query that looks like an event is a query', async () => {
    const { send } = await start();
    const forged = { ...query, 'requestContext.identity.sourceIp': [INSIDE], userArn: [ARN] };

    expect((await send({ query: forged })).status).toBe(400);
    expect(await send({ path: '/nodes', query: forged })).toEqual(NO_OPERATOR);
  });

  test('of several tokens only the first is looked at, and several in one header are none', async () => {
    const { fleet, send } = await start();
    const good = `Bearer ${(await fleet.makeToken()).token}`;
    const twice = (Authorization: readonly string[]) => send({ query, headers: { Authorization } });
    const joined = (Authorization: string) => send({ query, headers: { Authorization } });

    expect(await twice(['Bearer x', good])).toEqual(DENIED);
    expect(await joined(`Bearer x,${good}`)).toEqual(DENIED);
    expect(await joined(`${good},Bearer x`)).toEqual(DENIED);
    expect(await joined(good)).toMatchObject({ status: 200 });
  });

  test('several documents at once are none, and do not fall back to the address', async () => {
    const { send } = await start();
    const headers = { 'X-Instance-Identity': ['one', 'two'] };

    expect(await send({ query, sourceIp: INSIDE, headers })).toEqual(DENIED);
    expect(await send({ query, sourceIp: INSIDE })).toMatchObject({ status: 200 });
  });

  test('the principal of one call is not that of the next', async () => {
    const { send } = await start();
    const operators = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        send({ path: '/nodes', ...(index % 2 === 0 && { userArn: ARN }) }),
      ),
    );

    expect(operators.map(({ status }) => status)).toEqual(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 200 : 401)),
    );
  });
});
