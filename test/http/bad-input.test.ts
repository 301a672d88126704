import { describe, expect, test } from 'vitest';
import { problemIn, startApi, timesCalled } from './api.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `k${index}=v`).join();
const get = (query: string) => ({ path: `/activate?${query}` });
const post = (body: unknown) => ({ path: '/activate', body: JSON.stringify(body) });

describe('bad input creates nothing, and names the field:', () => {
  test.each([
    ['an empty name', get('name='), 'name'],
    ['a name of 257 characters', get(`name=${'a'.repeat(257)}`), 'name'],
    ['a name outside the alphabet', get('name=web%0A1'), 'name'],
    ['a name of bytes that are no UTF-8', get('name=%FF'), 'name'],
    ['a name that begins with a space', get('name=%20web-1'), 'name'],
    ['a name that ends with a no-break space', get('name=web-1%C2%A0'), 'name'],
    ['a name given twice', get('name=web-1&name=web-2'), 'name'],
    ['51 tags', get(`name=web-1&tags=${numbered(51)}`), 'tags'],
    ['an aws: key', get('name=web-1&tags=aws:x=1'), 'tags'],
    ['an AWS: key', get('name=web-1&tags=AWS:x=1'), 'tags'],
    ['an empty key', get('name=web-1&tags==1'), 'tags'],
    ['a key twice', get('name=web-1&tags=a=1,a=1'), 'tags'],
    ['a key in two parameters', get('name=web-1&tags=a=1&tags=a=2'), 'tags'],
    ['a key of 129 characters', get(`name=web-1&tags=${'k'.repeat(129)}`), 'tags'],
    ['a value of 257 characters', get(`name=web-1&tags=k=${'v'.repeat(257)}`), 'tags'],
    ['a value outside the alphabet', get('name=web-1&tags=k=%22'), 'tags'],
    ['an unknown format', get('name=web-1&format=xml'), 'format'],
    ['a field that no one knows', get('name=web-1&nmae=x'), 'querystring'],
    ['an identity document in the query', get('name=web-1&instanceIdentity=x'), 'querystring'],
    ['a name that is a number', post({ name: 7 }), 'name'],
    ['a body that is no object', post('web-1'), 'body'],
    ['a field of a body that no one knows', post({ name: 'web-1', count: 3 }), 'body'],
    ['a key twice in a list', post({ name: 'web-1', tags: [tag('a'), tag('a')] }), 'tags'],
    [
      'a tag with more than a key and a value',
      post({ name: 'web-1', tags: [{ ...tag('a'), X: 1 }] }),
      'tags',
    ],
    ['tags that are a number', post({ name: 'web-1', tags: 7 }), 'tags'],
    ['a tag value that is a number', post({ name: 'web-1', tags: { a: 1 } }), 'tags'],
    ['an aws: key in a body', post({ name: 'web-1', tags: { 'aws:x': '1' } }), 'tags'],
    ['malformed JSON', { path: '/activate', body: '{"name":' }, 'body'],
    [
      'a key that would change prototypes',
      { path: '/activate', body: '{"__proto__":{"name":"web-1"}}' },
      'body',
    ],
    ['half a character', { path: '/activate', body: '{"name":"\\ud800"}' }, 'name'],
  ])('%s', async (_case, { path, body }: { path: string; body?: string }, field) => {
    const api = await startApi();

    const response = await (body === undefined
      ? api.http.get(path)
      : api.http.post(path).set('content-type', 'application/json').send(body));

    const { errors, detail } = problemIn(response, 400, 'InvalidRequest');
    expect(errors?.[0]?.field.split('.')[0]).toBe(field);
    for (const { message } of errors ?? []) expect(detail).toContain(message);
    expect(api.calls).toEqual([]);
  });

  test('every problem is told at once', async () => {
    const { http } = await startApi();

    const response = await http.get('/activate?name=%20web!&tags=aws:x=1,b=%22,b=2&format=xml&x=1');

    const { errors = [] } = problemIn(response, 400, 'InvalidRequest');
    const fields = errors.map(({ field }) => field);
    expect(fields.filter((field) => field === 'name')).toHaveLength(2);
    expect(fields.filter((field) => field === 'tags')).toHaveLength(3);
    expect(fields).toEqual(expect.arrayContaining(['format', 'querystring']));
  });

  test('a flood of problems makes neither a flood of an answer nor an event too large to keep', async () => {
    const { http } = await startApi();

    const response = await http.get(`/activate?name=web-1&tags=${'!,'.repeat(7_000)}`);

    problemIn(response, 400, 'InvalidRequest');
    expect(JSON.stringify(response.body).length).toBeLessThan(64 * 1024);
  });
});

describe('a body', () => {
  test('of more than 64 KiB is too large', async () => {
    const api = await startApi();

    const response = await api.http.post('/activate').send({ name: 'web-1', tags: 'x'.repeat(65 * 1024) });

    problemIn(response, 413, 'BodyTooLarge');
    expect(api.calls).toEqual([]);
  });

  test('of almost 64 KiB is read', async () => {
    const { http } = await startApi();

    const response = await http.post('/activate').send({ name: 'web-1', tags: 'x'.repeat(63 * 1024) });

    problemIn(response, 400, 'InvalidRequest');
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'nonsense', 'a/b/c'])(
    'as %s is of an unsupported type',
    async (type) => {
      const api = await startApi();

      const response = await api.http.post('/activate').set('content-type', type).send('{"name":"web-1"}');

      problemIn(response, 415, 'UnsupportedMediaType');
      expect(api.calls).toEqual([]);
    },
  );
});

describe('a route or method that is not there', () => {
  test.each([
    '/',
    '/activat',
    '/activate/',
    '/activate/web-1',
    '/latest',
    '/latest?name=web-1',
    '/nodes/a/b/c',
    '/Activate',
  ])('%s is unknown', async (path) => {
    const { http } = await startApi();

    problemIn(await http.get(path), 404, 'RouteUnknown');
  });

  test.each(['/%zz', '/activate%', '/nodes/%FF', '/latest/%C0'])('%s cannot be read', async (path) => {
    const { http } = await startApi();

    problemIn(await http.get(path), 400, 'InvalidRequest');
  });

  test.each([
    ['put', '/activate', 'GET, POST'],
    ['delete', '/latest/activate', 'GET, POST'],
    ['patch', '/tag', 'GET, POST'],
    ['options', '/activate', 'GET, POST'],
    ['trace', '/activate', 'GET, POST'],
    ['post', '/nodes', 'GET'],
    ['post', '/livez', 'GET'],
    ['post', '/nodes/web-1/tags', 'PUT, DELETE'],
    ['get', '/nodes/web-1/release', 'POST'],
  ] as const)('%s %s is not allowed', async (method, path, allow) => {
    const { http } = await startApi();

    const response = await http[method](`${path}?name=web-1`);

    problemIn(response, 405, 'MethodNotAllowed');
    expect(response.headers['allow']).toBe(allow);
  });

  test.each(['/activate?name=web-1', '/latest/activate?name=web-1', '/tag?name=web-1&tags=a', '/nodes'])(
    'HEAD %s is not allowed, and mints nothing',
    async (path) => {
      const api = await startApi();

      const response = await api.http.head(path);

      expect(response.status).toBe(405);
      expect(response.headers).toMatchObject({
        'cache-control': 'no-store',
        allow: expect.stringContaining('GET'),
      });
      expect(timesCalled(api, 'CreateActivation')).toBe(0);
    },
  );
});

function tag(Key: string) {
  return { Key, Value: '' };
}
