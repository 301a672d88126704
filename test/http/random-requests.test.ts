import fc from 'fast-check';
import type { InjectOptions } from 'fastify';
import { expect, test } from 'vitest';
import { OPERATOR } from '../service.ts';
import { type Api, startApi, timesCalled } from './api.ts';
import { isLegal } from './legal-input.ts';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 200);

const DOCUMENTED = [200, 202, 400, 401, 403, 404, 405, 409, 413, 415, 429, 503];

const word = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[A-Za-z0-9_.:/=+@-]{1,12}$/) },
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom(
    '',
    ' web',
    'web ',
    '\u2028',
    'Ā',
    '東京 1',
    'web\n1',
    "x'; exit",
    '__proto__',
    'constructor',
    'aws:x',
  ),
  fc.constantFrom('a'.repeat(128), 'a'.repeat(129), 'a'.repeat(256), 'a'.repeat(257), '𝒳'.repeat(128), '\0'),
);
const tagText = fc
  .array(fc.tuple(word, fc.option(word)), { maxLength: 4 })
  .map((tags) => tags.map(([key, value]) => (value === null ? key : `${key}=${value}`)).join());

const parameter = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant('name'), word) },
  { weight: 6, arbitrary: fc.tuple(fc.constant('tags'), tagText) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('format'), fc.constantFrom('json', 'env', 'ENV')) },
  fc.tuple(fc.constantFrom('Name', 'tags[]', '__proto__', 'constructor', 'instanceIdentity', ''), word),
);
const query = fc.array(parameter, { maxLength: 4 });

const tags = fc.oneof(
  tagText,
  fc.dictionary(word, word, { maxKeys: 4 }),
  fc.array(fc.record({ Key: word, Value: word }, { requiredKeys: ['Key'] }), { maxLength: 4 }),
  fc.jsonValue({ maxDepth: 2 }),
);
const body = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record(
      { name: word, tags, format: fc.constantFrom('json', 'env', 'xml') },
      { requiredKeys: [] },
    ),
  },
  fc.dictionary(fc.constantFrom('name', 'tags', 'extra', '__proto__'), fc.jsonValue({ maxDepth: 2 })),
  fc.jsonValue({ maxDepth: 3 }),
);

const urlOf = (pairs: readonly [string, string][]) => `/activate?${new URLSearchParams([...pairs])}`;

const send = async (api: Api, request: InjectOptions) => {
  const before = timesCalled(api, 'CreateActivation');
  const response = await api.app.inject(request);
  expect(DOCUMENTED).toContain(response.statusCode);
  expect(response.headers['cache-control']).toBe('no-store');
  const minted = timesCalled(api, 'CreateActivation') - before;
  return { status: response.statusCode, minted };
};

test('GET /activate mints for the legal queries and for no others', async () => {
  const api = await startApi();
  await fc.assert(
    fc.asyncProperty(query, async (pairs) => {
      const url = urlOf(pairs);

      const { status, minted } = await send(api, { method: 'GET', url });

      const legal = isLegal(
        pairs.map(([key, value]) => [key, value.toWellFormed()]),
        undefined,
      );
      expect({ status, minted }).toEqual(legal ? { status: 200, minted: 1 } : { status: 400, minted: 0 });
    }),
    { numRuns: RUNS },
  );
});

test('POST /activate mints for the legal queries and bodies and for no others', async () => {
  const api = await startApi();
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.constant([]), query), body, async (pairs, json) => {
      const url = urlOf(pairs);
      const payload = JSON.stringify(json);
      const headers = { 'content-type': 'application/json' };

      const { status, minted } = await send(api, { method: 'POST', url, headers, payload });

      const legal = isLegal(
        pairs.map(([key, value]) => [key, value.toWellFormed()]),
        JSON.parse(payload),
      );
      expect(minted).toBe(legal ? 1 : 0);
      // A document of identity that is none is no proof at all.
      expect(legal ? [200] : [400, 401]).toContain(status);
    }),
    { numRuns: RUNS },
  );
});

test('bytes that are no JSON mint nothing', async () => {
  const api = await startApi();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
      const headers = { 'content-type': 'application/json' };
      const request = {
        method: 'POST',
        url: '/activate?name=web-1',
        headers,
        payload: Buffer.from(bytes),
      } as const;

      const { status, minted } = await send(api, request);

      expect({ status, minted }).toEqual({ status: 400, minted: 0 });
    }),
    { numRuns: RUNS, examples: [[Uint8Array.from([0xef, 0xbb, 0xbf])]] },
  );
});

const piece = fc.constantFrom(
  '/',
  'activate',
  'tag',
  'nodes',
  'latest',
  'release',
  'tags',
  '?',
  '&',
  '=',
  '%',
  '%2F',
  '%00',
  '..',
  ';',
  '#',
  'name=x',
  'cursor=',
  'prefix=',
  'limit=1',
  'status=Issued',
  'tag=a=b',
  'livez',
  'mi-0123456789abcdef0',
);

test('no path, method or operator query is answered with anything undocumented', async () => {
  const api = await startApi();
  const path = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: piece },
      word.map((text) => encodeURIComponent(text.toWellFormed())),
    ),
    {
      maxLength: 8,
    },
  );
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS');
  await fc.assert(
    fc.asyncProperty(method, path, fc.boolean(), async (verb, pieces, asOperator) => {
      const url = `/${pieces.join('')}`;

      const { status, minted } = await send(api, { method: verb, url, headers: asOperator ? OPERATOR : {} });

      expect(minted).toBe(status === 200 && /activate/.test(url) ? 1 : 0);
    }),
    { numRuns: RUNS * 2 },
  );
});
