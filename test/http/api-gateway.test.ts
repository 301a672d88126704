import { describe, expect, it } from 'vitest';
import { createApiGatewayHandler } from '../../src/http/api-gateway.ts';
import { Policy } from '../../src/policy/policy.ts';
import { OPERATOR, startService } from '../service.ts';
import { type Call, CONTEXT, REQUEST_ID, restEvent } from './api-gateway-events.ts';

const POLICY = Policy.parse({
  network: [{ cidrs: ['10.0.0.0/8'], names: ['*'], tags: { allowed: { '*': ['*'] } } }],
});
const ARN = 'arn:aws:sts::111122223333:assumed-role/Operators/alice';

describe('behind a REST API', () => {
  const start = async () => {
    const { context } = await startService({}, POLICY);
    const handler = createApiGatewayHandler(context);
    return async (call: Call) => {
      const { statusCode, headers, body } = await handler(restEvent(call), CONTEXT);
      return { statusCode, headers, body: JSON.parse(body) };
    };
  };
  const activation: Call = {
    method: 'GET',
    path: '/activate',
    query: { name: ['web-1'], tags: ['Environment=Dev,Role=web'] },
    sourceIp: '10.1.2.3',
  };

  it('mints an activation for an address that API Gateway saw', async () => {
    const call = await start();

    const { statusCode, headers, body } = await call(activation);

    expect(statusCode).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toMatchObject({ Name: 'web-1', Tags: { Environment: 'Dev', Role: 'web' } });
  });

  it('refuses other methods on the routes of machines', async () => {
    const call = await start();

    const { statusCode, headers } = await call({ ...activation, method: 'PUT' });

    expect(statusCode).toBe(405);
    expect(headers['allow']).toBe('GET, POST');
  });

  it('takes a JSON body', async () => {
    const call = await start();
    const body = { name: 'web-1', tags: { Environment: 'Dev' } };
    const headers = { 'Content-Type': 'application/json' };

    const answer = await call({ method: 'POST', path: '/activate', sourceIp: '10.1.2.3', headers, body });

    expect(answer.statusCode).toBe(200);
    expect(answer.body).toMatchObject({ Name: 'web-1', Tags: { Environment: 'Dev' } });
  });

  it('does not believe a caller who forwards itself', async () => {
    const call = await start();
    const headers = { 'X-Forwarded-For': '10.1.2.3', 'X-Real-IP': '10.1.2.3', Forwarded: 'for=10.1.2.3' };

    const { statusCode, body } = await call({ ...activation, sourceIp: '203.0.113.9', headers });

    expect(statusCode).toBe(401);
    expect(body.code).toBe('InvalidIdentity');
  });

  it('names problems by the request id of API Gateway, not by one that the caller sent', async () => {
    const call = await start();

    const { body } = await call({ ...activation, query: {}, headers: { 'x-request-id': 'mine' } });

    expect(body).toMatchObject({ code: 'InvalidRequest', requestId: REQUEST_ID });
  });

  it('lets the IAM principal that the authoriser named see the nodes', async () => {
    const call = await start();
    await call(activation);

    const { statusCode, body } = await call({ method: 'GET', path: '/nodes', userArn: ARN });

    expect(statusCode).toBe(200);
    expect(body.Nodes).toMatchObject([{ Name: 'web-1', Status: 'Issued' }]);
  });

  it.each([
    ['nothing', {}],
    ['the key of a local server', OPERATOR],
    [
      'an event of its own making',
      {
        'x-apigateway-event': encodeURIComponent(
          JSON.stringify(restEvent({ method: 'GET', path: '/', userArn: ARN })),
        ),
      },
    ],
    ['a token of the adapter', { 'x-aws-lambda-fastify-request': '0123456789abcdef01234567' }],
    ['identity headers', { 'x-amzn-iam-arn': ARN, 'x-amz-user-arn': ARN, userArn: ARN }],
  ])('refuses an operator who shows %s', async (_what, headers) => {
    const call = await start();

    const { statusCode, body } = await call({ method: 'GET', path: '/nodes', headers });

    expect(statusCode).toBe(401);
    expect(body.code).toBe('OperatorRequired');
  });
});
