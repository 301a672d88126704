import { expect, test } from 'vitest';
import { createApiGatewayHandler } from '../../src/http/api-gateway.ts';
import { CONTEXT, restEvent } from '../http/api-gateway-events.ts';
import { startService } from '../service.ts';

test.each(['linux', 'windows'])(
  'behind an API Gateway that names no domain, the %s script has no address rather than the Host that a caller sent',
  async (system) => {
    const { context } = await startService();
    const handler = createApiGatewayHandler(context);
    const headers = { Host: 'evil.example', 'X-Forwarded-Host': 'evil.example' };
    const event = restEvent({ method: 'GET', path: `/bootstrap/${system}`, headers });

    const { statusCode, body } = await handler(
      { ...event, requestContext: { ...event.requestContext, domainName: undefined } },
      CONTEXT,
    );

    expect(body).not.toContain('evil.example');
    expect(statusCode).toBe(400);
  },
);
