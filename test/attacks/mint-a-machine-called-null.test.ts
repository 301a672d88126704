import { expect, test } from 'vitest';
import { createApiGatewayHandler } from '../../src/http/api-gateway.ts';
import { CONTEXT, restEvent } from '../http/api-gateway-events.ts';
import { startService } from '../service.ts';

const BOTH = ['queryStringParameters', 'multiValueQueryStringParameters'] as const;

test.each([
  ['null', { name: null }, { name: [null] }],
  ['undefined', { name: undefined }, { name: ['undefined'] }],
  ['7', { name: 7 }, { name: [7] }],
  ['true', { name: true }, { name: [true] }],
  ['[object Object]', { name: {} }, { name: [{}] }],
  ['an empty list', { name: [] }, { name: [] }],
  ['the second form only', null, { name: 'web-1' }],
])('no machine is minted that is called %s because a field was none', async (_name, single, many) => {
  const { context, calls } = await startService();
  const handler = createApiGatewayHandler(context);
  const forms = Object.fromEntries(BOTH.map((form, index) => [form, [single, many][index]]));

  const { statusCode } = await handler(
    { ...restEvent({ method: 'GET', path: '/activate' }), ...forms },
    CONTEXT,
  );

  expect(statusCode).toBe(400);
  expect(calls).toEqual([]);
});

test('of two names in the two forms of a query none is minted', async () => {
  const { context, calls } = await startService();
  const handler = createApiGatewayHandler(context);
  const event = restEvent({ method: 'GET', path: '/activate', query: { name: ['web-1'] } });

  const { statusCode } = await handler({ ...event, queryStringParameters: { name: 'web-2' } }, CONTEXT);

  expect(statusCode).toBe(400);
  expect(calls).toEqual([]);
});
