import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type Call, CONTEXT, DOMAIN, REQUEST_ID, restEvent } from '../http/api-gateway-events.ts';
import { FOREIGN_EVENTS } from '../http/foreign-events.ts';
import { startBuiltFunctions } from './built-functions.ts';

let functions: Awaited<ReturnType<typeof startBuiltFunctions>>;

beforeAll(async () => {
  functions = await startBuiltFunctions();
});
afterAll(() => functions.close());
beforeEach(() => {
  functions.calls.length = 0;
});

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 200);
const ARN = 'arn:aws:sts::111122223333:assumed-role/Operators/alice';

/** Every answer has all of this, whatever the event was. */
const Answer = z.object({
  statusCode: z.int(),
  headers: z.looseObject({ 'cache-control': z.literal('no-store'), 'x-request-id': z.string().min(1) }),
  body: z.string(),
  isBase64Encoded: z.literal(false),
});
const Problem = z.object({ code: z.string(), detail: z.string(), requestId: z.string() });

const invoke = async (event: unknown) => {
  const { statusCode, headers, body } = Answer.parse(await functions.api.invoke(event));
  if (statusCode < 400) return { statusCode, headers, body };
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  const { code, detail, requestId } = Problem.parse(JSON.parse(body));
  expect(requestId).toBe(headers['x-request-id']);
  return { statusCode, headers, body, code, detail };
};
const call = (request: Call, changes: object = {}) =>
  invoke({ ...restEvent({ sourceIp: '10.1.2.3', ...request }), ...changes });
const activation: Call = { method: 'GET', path: '/activate', query: { name: ['web-1'] } };
const minted = () => functions.calls.filter(({ operation }) => operation === 'CreateActivation').length;

const NOT_AN_EVENT = {
  statusCode: 400,
  code: 'InvalidRequest',
  detail: expect.stringMatching(/^event: is not a whole request of a REST API/),
};

describe('a request of another kind', () => {
  test.each(Object.entries(FOREIGN_EVENTS))('from %s is refused, and mints nothing', async (_kind, event) => {
    const answer = await invoke(event);

    expect(answer).toMatchObject(NOT_AN_EVENT);
    expect(functions.calls).toEqual([]);
  });

  test('that is no object is refused', async () => {
    for (const event of [null, undefined, true, 7, 'text', [], {}, [restEvent(activation)]]) {
      expect(await invoke(event), JSON.stringify(event)).toMatchObject(NOT_AN_EVENT);
    }
  });

  test('has the id of its invocation, which is in the log with what is wrong', async () => {
    const { headers } = await invoke({ ...restEvent(activation), requestContext: {} });

    expect(headers['x-request-id']).toBe(CONTEXT.awsRequestId);
    await expect
      .poll(functions.api.output)
      .toMatch(/"level":"warn".*requestContext\.identity: .*"msg":"InvalidRequest"/);
  });
});

/** A value of every type but those that a field may have. */
const OTHERS = {
  string: [null, 7, true, [], ['/activate'], {}],
  text: [7, true, [], ['x'], {}, { length: 1 }],
  boolean: [null, 0, 'true', [], {}],
  values: [7, true, 'text', [], [['a', 'b']], { a: null }, { a: 7 }, { a: ['b'] }, { a: {} }],
  lists: [
    7,
    true,
    'text',
    [],
    { a: null },
    { a: 'b' },
    { a: [] },
    { a: [null] },
    { a: [7] },
    { a: ['b', {}] },
  ],
};
const FIELDS: readonly (readonly [string, readonly unknown[]])[] = [
  ['resource', OTHERS.string],
  ['path', OTHERS.string],
  ['httpMethod', [...OTHERS.string, '', 'get', 'MINT', 'GET /']],
  ['requestContext', [null, 7, 'x', [], {}]],
  ['body', OTHERS.text],
  ['isBase64Encoded', OTHERS.boolean],
  ['headers', OTHERS.values],
  ['queryStringParameters', OTHERS.values],
  ['pathParameters', OTHERS.values],
  ['multiValueHeaders', OTHERS.lists],
  ['multiValueQueryStringParameters', OTHERS.lists],
];

describe('an event whose', () => {
  test.each(FIELDS)('%s is of a wrong type is refused', async (field, values) => {
    for (const value of values) {
      const answer = await call(activation, { [field]: value });
      expect(answer, `${field}: ${JSON.stringify(value)}`).toMatchObject(NOT_AN_EVENT);
    }
    expect(minted()).toBe(0);
  });

  test.each(['resource', 'path', 'httpMethod', 'requestContext', 'isBase64Encoded'])(
    '%s is missing is refused',
    async (field) => {
      expect(await call(activation, { [field]: undefined })).toMatchObject(NOT_AN_EVENT);
    },
  );

  test.each([
    ['nowhere', {}],
    ['null', { sourceIp: null }],
    ['an empty text', { sourceIp: '' }],
    ['a name', { sourceIp: 'localhost' }],
    ['two addresses', { sourceIp: '127.0.0.1, 10.1.2.3' }],
    ['a list', { sourceIp: ['127.0.0.1'] }],
    ['the console', { sourceIp: 'test-invoke-source-ip' }],
  ])('caller is %s is refused', async (_where, identity) => {
    const { requestContext } = restEvent(activation);

    const answer = await call(
      { ...activation, query: { name: ['loopback-1'] } },
      { requestContext: { ...requestContext, identity } },
    );

    expect(answer).toMatchObject(NOT_AN_EVENT);
    expect(minted()).toBe(0);
  });

  test('authorised route is another in its context is refused', async () => {
    const { requestContext } = restEvent(activation);

    for (const other of [{ resourcePath: '/tag' }, { httpMethod: 'POST' }, { resourcePath: undefined }]) {
      const changes = { requestContext: { ...requestContext, ...other } };
      expect(await call(activation, changes)).toMatchObject(NOT_AN_EVENT);
    }
  });
});

test('no event makes the function throw, or answer with less than every answer has', async () => {
  const whole = restEvent({ method: 'POST', path: '/nodes/x/release', body: {}, userArn: ARN });
  const fields = fc.constantFrom(...Object.keys(whole));
  const within = fc.constantFrom(...Object.keys(whole.requestContext), ...Object.keys(whole.headers));
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.dictionary(within, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 }),
    fc.constantFrom('', '/', '/nodes/x', 'GET', null),
  );

  await fc.assert(
    fc.asyncProperty(fc.dictionary(fields, value, { minKeys: 1, maxKeys: 3 }), async (changes) => {
      const { statusCode } = await invoke({ ...whole, ...changes });
      expect([400, 401, 404, 405, 413, 415]).toContain(statusCode);
    }),
    { numRuns: RUNS },
  );
  expect(minted()).toBe(0);
});

describe('the two forms of headers and of the query', () => {
  const inHeader = { 'Content-Type': 'application/json' };

  test('say the same, and are one', async () => {
    const query = { name: ['forms-1'], tags: ['Environment=Dev', 'Role=web'] };

    const { statusCode, body } = await call({ method: 'GET', path: '/activate', query });

    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ Name: 'forms-1', Tags: { Environment: 'Dev', Role: 'web' } });
  });

  test.each([
    ['a parameter', { queryStringParameters: { name: 'web-1', format: 'env' } }],
    ['a value of a parameter', { queryStringParameters: { name: 'web-2' } }],
    ['a header', { headers: { ...restEvent(activation).headers, Authorization: 'Bearer x' } }],
    ['a value of a header', { headers: { ...restEvent(activation).headers, Host: 'evil.example' } }],
  ])('are refused when only one has %s', async (_what, changes) => {
    expect(await call(activation, changes)).toMatchObject(NOT_AN_EVENT);
  });

  test('may be one form alone', async () => {
    const single = { multiValueQueryStringParameters: null, multiValueHeaders: null };
    const many = { queryStringParameters: null, headers: null };

    const alone = await call({ ...activation, query: { name: ['forms-2'] } }, single);
    const all = await call({ ...activation, query: { name: ['forms-3'] } }, many);

    expect([alone.statusCode, all.statusCode]).toEqual([200, 200]);
  });

  test('may both be missing', async () => {
    const none = { queryStringParameters: null, headers: null, multiValueHeaders: null };

    const answer = await call({ method: 'GET', path: '/livez' }, none);

    expect(answer.statusCode).toBe(200);
  });

  test('lose no parameter that is there twice, and none of an odd name', async () => {
    const twice = await call({ ...activation, query: { name: ['web-1', 'web-2'] } });
    const event = JSON.stringify(restEvent({ ...activation, sourceIp: '10.1.2.3' }));
    const odd = await invoke(JSON.parse(event.replaceAll('{"name":', '{"__proto__":')));

    expect(twice).toMatchObject({ statusCode: 400, code: 'InvalidRequest' });
    expect(odd).toMatchObject({ statusCode: 400, detail: expect.stringContaining('__proto__') });
    expect(minted()).toBe(0);
  });

  test('take a header in any case', async () => {
    const body = { name: 'forms-4' };
    for (const name of ['content-type', 'CONTENT-TYPE', 'cOnTeNt-TyPe']) {
      const headers = { [name]: inHeader['Content-Type'] };
      const { statusCode } = await call({ method: 'POST', path: '/activate', headers, body });
      expect(statusCode, name).toBe(200);
    }
  });

  test('join a header that is there in two cases, of which the first counts as on a server', async () => {
    const headers = { Authorization: 'Bearer x', authorization: 'Bearer y' };

    const answer = await call({ ...activation, headers });

    expect(answer).toMatchObject({ statusCode: 401, code: 'InvalidIdentity' });
  });
});

describe('a body', () => {
  const headers = { 'Content-Type': 'application/json' };
  const post: Call = { method: 'POST', path: '/activate', headers };
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  test('in base64 is what it stands for', async () => {
    const { statusCode, body } = await call(post, {
      body: base64('{"name":"body-1"}'),
      isBase64Encoded: true,
    });

    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ Name: 'body-1' });
  });

  test.each(['{"name":"body-2"}', 'eyJuYW1lIjoi*', 'eyJuYW1lIjoiYiJ9=', 'eyJuYW1l\n', '='])(
    'that is not the base64 it claims to be is refused: %j',
    async (body) => {
      expect(await call(post, { body, isBase64Encoded: true })).toMatchObject(NOT_AN_EVENT);
    },
  );

  test.each([null, ''])('that is %j may have a type, as curl sends it', async (body) => {
    const { statusCode } = await call({ ...post, query: { name: ['body-3'] } }, { body });

    expect(statusCode).toBe(200);
  });

  test('has its own length, not one that a header claims', async () => {
    const lying = { ...headers, 'Content-Length': '2', 'Transfer-Encoding': 'chunked' };

    const { statusCode } = await call({ ...post, headers: lying, body: { name: 'body-4' } });

    expect(statusCode).toBe(200);
  });

  test('of more than 64 KiB is refused', async () => {
    const body = { name: 'a'.repeat(65 * 1024) };

    expect(await call({ ...post, body })).toMatchObject({ statusCode: 413, code: 'BodyTooLarge' });
  });
});

describe('a path', () => {
  const asOperator = (method: string, path: string, changes: object = {}) =>
    call({ method, path, userArn: ARN }, changes);

  test.each([
    '/nodes/%2e/tags',
    '/nodes/./tags',
    '/nodes/../tokens',
    '/nodes/%2e%2e/tokens',
    '/nodes/..%2Ftokens/x',
    '/nodes/..\\tokens\\T',
    '/nodes/..%5ctokens',
    '//nodes/x',
    '/nodes//x',
    '/nodes/\t./x',
    '/nodes/a\nb',
    '/nodes/%00',
    '/nodes/%0d%0a',
    '/nodes/%',
    '/nodes/%zz',
    '/nodes/%c3',
    '/nodes/%ff',
    '/%6eodes/x',
    '/nodes/x#y',
    '/nodes/x?y',
    '/nodes/é',
    '/nodes/a b',
    'nodes/x',
    'http://evil.example/nodes/x',
    '',
  ])('that can be read in two ways is refused: %j', async (path) => {
    for (const method of ['GET', 'DELETE']) {
      expect(await asOperator(method, path)).toMatchObject({
        statusCode: 400,
        code: 'InvalidRequest',
        detail: expect.stringMatching(/^path: /),
      });
    }
  });

  test('of a route that is not the authorised one is refused', async () => {
    const changes = { resource: '/nodes/{id}', pathParameters: { id: 'tokens' } };
    const context = { ...restEvent(activation).requestContext, httpMethod: 'DELETE' };
    const requestContext = { ...context, resourcePath: '/nodes/{id}' };

    for (const path of ['/tokens/T', '/nodes/x/tags', '/nodes', '/nodes/other']) {
      const answer = await asOperator('DELETE', path, { ...changes, requestContext });
      expect(answer, path).toMatchObject({ statusCode: 400, detail: expect.stringMatching(/^path: /) });
    }
  });

  test('of a proxy resource, which authorises every route as one, is refused', async () => {
    const requestContext = { ...restEvent(activation).requestContext, resourcePath: '/{proxy+}' };
    const changes = { resource: '/{proxy+}', pathParameters: { proxy: 'activate' }, requestContext };

    expect(await call(activation, changes)).toMatchObject({ statusCode: 400 });
  });

  test.each(['rack 3/unit 4', '東京/ノード', 'a=b:c@d+e', '.hidden', 'a..b', 'é', '名'.repeat(80), 'tokens'])(
    'names the machine %j, encoded',
    async (name) => {
      await call({ ...activation, query: { name: [name] } });
      const path = `/nodes/${encodeURIComponent(name)}`;

      const shown = await asOperator('GET', path);
      const decoded = await asOperator('GET', path, { pathParameters: { id: name } });
      const removed = await asOperator('DELETE', path);

      expect(JSON.parse(shown.body)).toMatchObject({ Name: name, Status: 'Issued' });
      expect(decoded.statusCode).toBe(200);
      expect(JSON.parse(removed.body)).toMatchObject({ Name: name, Status: 'Revoked' });
    },
  );

  test('that ends in a slash is told so', async () => {
    for (const path of ['/activate/', '/nodes/', '/nodes/x/']) {
      const answer = await asOperator('GET', path);
      expect(answer).toMatchObject({ statusCode: 404, code: 'RouteUnknown' });
      expect(answer.detail).toContain('ends in a slash');
    }
    expect(minted()).toBe(0);
  });

  test.each(['/latest', '/ssm', '/v1.0/machines', ''])(
    'under the base path %j of a domain is routed',
    async (basePath) => {
      const minted1 = await call({ ...activation, query: { name: ['based-1'] }, basePath });
      const shown = await call({ method: 'GET', path: '/nodes/based-1', userArn: ARN, basePath });
      const script = await call({ method: 'GET', path: '/bootstrap/linux', basePath });

      expect([minted1.statusCode, shown.statusCode]).toEqual([200, 200]);
      expect(script.body).toContain(`default_api='https://${DOMAIN}${basePath}'`);
    },
  );
});

describe('an operator', () => {
  test.each(['', ' ', 'null', 'alice', 'arn:aws:iam', 'arn:aws:lambda:eu-west-1:111122223333:function:x'])(
    'is not %j',
    async (userArn) => {
      const event = restEvent({ method: 'GET', path: '/nodes' });
      const identity = { ...event.requestContext.identity, userArn };

      const answer = await invoke({ ...event, requestContext: { ...event.requestContext, identity } });

      expect(answer).toMatchObject({ statusCode: 401, code: 'OperatorRequired' });
    },
  );

  test.each([
    'arn:aws:iam::111122223333:user/ops/alice',
    'arn:aws:iam::111122223333:root',
    'arn:aws-us-gov:sts::111122223333:assumed-role/Operators/a.l+i=c,e@x-y_z',
  ])('may be %s', async (userArn) => {
    expect((await call({ method: 'GET', path: '/nodes', userArn })).statusCode).toBe(200);
  });
});

describe('an answer that no route made', () => {
  test.each([
    ['404', { method: 'GET', path: '/nothing' }, 'RouteUnknown'],
    ['405', { method: 'PUT', path: '/activate' }, 'MethodNotAllowed'],
  ])('of %s has what all have', async (status, request, code) => {
    const answer = await call(request);

    expect(answer).toMatchObject({ statusCode: Number(status), code });
    expect(answer.headers['x-request-id']).toBe(REQUEST_ID);
  });
});

test('no script is served whose address a caller chose', async () => {
  const event = restEvent({ method: 'GET', path: '/bootstrap/linux', headers: { Host: 'evil.example' } });
  const requestContext = { ...event.requestContext, domainName: undefined };

  const answer = await invoke({ ...event, requestContext });

  expect(answer).toMatchObject({ statusCode: 400, detail: expect.stringContaining('PUBLIC_URL') });
  expect(answer.body).not.toContain('evil.example');
});
