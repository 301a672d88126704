import { expect, test } from 'vitest';
import { createApiGatewayHandler } from '../../src/http/api-gateway.ts';
import { CONTEXT, restEvent } from '../http/api-gateway-events.ts';
import { FOREIGN_EVENTS } from '../http/foreign-events.ts';
import { startService } from '../service.ts';

/** Its policy lets in callers from loopback, as a server's does. */
const start = async () => {
  const { context, calls } = await startService();
  return { handler: createApiGatewayHandler(context), calls };
};

const EVENT = restEvent({
  method: 'GET',
  path: '/activate',
  query: { name: ['web-1'] },
  sourceIp: '10.1.2.3',
});
const { requestContext } = EVENT;

test.each([
  ['without a request context', { requestContext: undefined }],
  ['with a request context of null', { requestContext: null }],
  ['without an identity', { requestContext: { ...requestContext, identity: undefined } }],
  ['without an address', { requestContext: { ...requestContext, identity: {} } }],
  ['with an address of null', { requestContext: { ...requestContext, identity: { sourceIp: null } } }],
  ['with an empty address', { requestContext: { ...requestContext, identity: { sourceIp: '' } } }],
  [
    'with loopback in a list',
    { requestContext: { ...requestContext, identity: { sourceIp: ['127.0.0.1'] } } },
  ],
])('an event %s comes from nowhere, and not from loopback', async (_what, changes) => {
  const { handler, calls } = await start();

  const { statusCode, body } = await handler({ ...EVENT, ...changes }, CONTEXT);

  expect(statusCode).toBe(400);
  expect(JSON.parse(body)).toMatchObject({ code: 'InvalidRequest' });
  expect(calls).toEqual([]);
});

test.each(Object.entries(FOREIGN_EVENTS))(
  'a function that was put behind %s lets nobody in as loopback',
  async (_kind, event) => {
    const { handler, calls } = await start();

    const { statusCode } = await handler(event, CONTEXT);

    expect(statusCode).toBe(400);
    expect(calls).toEqual([]);
  },
);
