import { expect, test } from 'vitest';
import { createApiGatewayHandler } from '../../src/http/api-gateway.ts';
import { CONTEXT, restEvent } from '../http/api-gateway-events.ts';
import { startService } from '../service.ts';

test.each(['', ' ', 'anonymous', 'null', 'arn:', 'arn:aws:iam::111122223333:'])(
  'an event whose principal is %j is no operator’s',
  async (userArn) => {
    const { context } = await startService();
    const handler = createApiGatewayHandler(context);
    const event = restEvent({ method: 'GET', path: '/nodes' });
    const identity = { ...event.requestContext.identity, userArn };

    const { statusCode, body } = await handler(
      { ...event, requestContext: { ...event.requestContext, identity } },
      CONTEXT,
    );

    expect(statusCode).toBe(401);
    expect(JSON.parse(body).code).toBe('OperatorRequired');
  },
);

test('an HTTP API’s authoriser makes nobody an operator of a REST API', async () => {
  const { context } = await startService();
  const handler = createApiGatewayHandler(context);
  const event = restEvent({ method: 'GET', path: '/nodes' });
  const authorizer = { iam: { userArn: 'arn:aws:iam::111122223333:user/mallory' } };

  const { statusCode } = await handler(
    { ...event, requestContext: { ...event.requestContext, authorizer } },
    CONTEXT,
  );

  expect(statusCode).toBe(401);
});
