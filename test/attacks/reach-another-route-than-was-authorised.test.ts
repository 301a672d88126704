import { expect, test } from 'vitest';
import { createApiGatewayHandler } from '../../src/http/api-gateway.ts';
import { type Call, CONTEXT, restEvent } from '../http/api-gateway-events.ts';
import { startService } from '../service.ts';

/** May remove tags, `DELETE /nodes/{id}/tags`, and read nodes: by IAM, nothing else. */
const CALLER = 'arn:aws:sts::111122223333:assumed-role/Taggers/mallory';

const start = async () => {
  const { context } = await startService();
  const handler = createApiGatewayHandler(context);
  const call = async (request: Omit<Call, 'sourceIp'>) => {
    const { statusCode, body } = await handler(restEvent(request), CONTEXT);
    return { statusCode, body: JSON.parse(body) };
  };
  const mint = (name: string) => call({ method: 'GET', path: '/activate', query: { name: [name] } });
  const statusOf = async (name: string) =>
    (await call({ method: 'GET', path: '/nodes', query: { name: [name] }, userArn: CALLER })).body.Nodes[0]
      .Status;
  return { call, mint, statusOf };
};

test.each(['/nodes/%2e/tags', '/nodes/./tags', '/nodes/x/../tags', '/nodes/%2E/tags'])(
  'who may remove tags does not remove the machine named tags by DELETE %s',
  async (path) => {
    const { call, mint, statusOf } = await start();
    await mint('tags');

    const { statusCode } = await call({ method: 'DELETE', path, query: { keys: ['a'] }, userArn: CALLER });

    expect(statusCode).toBe(400);
    expect(await statusOf('tags')).toBe('Issued');
  },
);

test.each(['/nodes/%2e%2e/tokens', '/nodes/../tokens', '/nodes/..\\tokens', '/nodes/.%2e/tokens'])(
  'who may read nodes does not list join tokens by GET %s',
  async (path) => {
    const { call } = await start();

    const { statusCode, body } = await call({ method: 'GET', path, userArn: CALLER });

    expect(statusCode).toBe(400);
    expect(body).not.toHaveProperty('Tokens');
  },
);

test.each(['/nodes/..\\tokens\\', '/nodes/%2e%2e/tokens/', '/nodes/../tokens/', '/nodes/\t../tokens/'])(
  'who may not revoke tokens does not revoke one by DELETE %s…',
  async (path) => {
    const { call } = await start();
    const terms = { namePattern: 'web-*', expiresAt: '2026-11-21T12:00:00Z' };
    const made = await call({
      method: 'POST',
      path: '/tokens',
      headers: { 'Content-Type': 'application/json' },
      body: terms,
      userArn: CALLER,
    });
    const id = made.body.TokenId;

    const { statusCode } = await call({ method: 'DELETE', path: `${path}${id}`, userArn: CALLER });

    expect(id).toEqual(expect.any(String));
    expect(statusCode).toBe(400);
    const { body } = await call({ method: 'GET', path: '/tokens', userArn: CALLER });
    expect(body.Tokens).toMatchObject([{ TokenId: id, Status: 'Active' }]);
  },
);

test('who may remove tags does not remove the machine x/tags where %2F counts as a slash', async () => {
  const { call, mint, statusOf } = await start();
  await mint('x/tags');

  const { statusCode } = await call({ method: 'DELETE', path: '/nodes/x%2Ftags', userArn: CALLER });

  expect(statusCode).toBe(400);
  expect(await statusOf('x/tags')).toBe('Issued');
});
