import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import openApi from '../../openapi.json' with { type: 'json' };
import { OPERATOR } from '../service.ts';
import { activate, asOperator, problemIn, startApi } from './api.ts';

const RUNS = process.env['CI'] ? 400 : 100;

const Operation = z.looseObject({
  security: z.array(z.record(z.string(), z.unknown())),
  parameters: z.array(z.looseObject({ in: z.string(), name: z.string() })).default([]),
});
const METHODS = ['GET', 'PUT', 'POST', 'DELETE'] as const;

/** Every route for operators, with the queries that it documents. */
const ROUTES = Object.entries(openApi.paths).flatMap(([path, operations]) =>
  METHODS.flatMap((method) => {
    const operation = Object.entries(operations).find(([name]) => name === method.toLowerCase());
    if (!operation) return [];
    const { security, parameters } = Operation.parse(operation[1]);
    const forOperators = security.some((scheme) => Object.keys(scheme).length > 0);
    const queries = parameters.flatMap(({ in: place, name }) => (place === 'query' ? [name] : []));
    return forOperators && !/^\/(activate|tag)$/.test(path) ? [{ method, path, queries }] : [];
  }),
);

test('there are routes to try, listings among them', () => {
  const tried = ROUTES.map(({ method, path }) => `${method} ${path}`);

  expect(tried).toEqual(
    expect.arrayContaining(['GET /nodes', 'GET /tokens', 'GET /events', 'DELETE /nodes/{id}/tags']),
  );
});

describe('no query makes an operator route fail', () => {
  const text = fc.oneof(
    fc.constantFrom('', ' ', '0', '-1', '1e3', '0x10', 'null', '[]', '{}', '=', 'a=b', '%', '\0', '\ud800'),
    fc.constantFrom(
      'web-1',
      'Registered',
      'mi-0123456789abcdef0',
      '2026-11-21T10:00:00Z',
      '9999-12-31T23:59:59-23:59',
    ),
    fc.constantFrom(
      '0000-01-01T00:00:00+23:59',
      '__proto__',
      '__proto__=x',
      'toString=x',
      '東京',
      '\u{1f600}',
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
  );

  test.each(ROUTES)('$method $path', async ({ method, path, queries }) => {
    const api = await startApi();
    await activate(api, { name: 'web-1', tags: 'Role=web' });
    const names = fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...queries, 'limit', 'cursor') },
      { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'name[]', '') },
      { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
    );
    const query = fc.array(fc.tuple(names, text), { maxLength: 4 });
    const id = fc.oneof(fc.constantFrom('web-1', 'web-9', 'mi-0123456789abcdef0', '\0', '..', ' '), text);

    await fc.assert(
      fc.asyncProperty(id, query, async (one, pairs) => {
        const filled = path.replace('{id}', encodeURIComponent(one.toWellFormed()));
        const url = `${filled}?${new URLSearchParams(pairs)}`;

        const response = await api.app.inject({ method, url, headers: OPERATOR });

        expect(response.statusCode, `${url}: ${response.body}`).toBeLessThan(500);
        if (response.statusCode >= 400) {
          expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('an empty query is', () => {
  test.each([
    '/nodes?name=',
    '/nodes?instanceId=',
    '/nodes?status=',
    '/nodes?tag=',
    '/nodes?limit=',
    '/nodes?cursor=',
    '/tokens?limit=',
    '/tokens?cursor=',
    '/events?name=',
    '/events?since=',
    '/events?limit=',
    '/events?cursor=',
  ])('no value, and %s is not valid', async (path) => {
    const api = await startApi();

    problemIn(await asOperator(api, 'get', path), 400, 'InvalidRequest');
  });

  test('no tag key', async () => {
    const api = await startApi();
    await activate(api, { name: 'web-1' });

    problemIn(await asOperator(api, 'delete', '/nodes/web-1/tags?keys='), 400, 'InvalidRequest');
  });

  test('a prefix of every name', async () => {
    const api = await startApi();
    await activate(api, { name: 'web-1' });

    const { body } = await asOperator(api, 'get', '/nodes?prefix=').expect(200);

    expect(body.Nodes).toHaveLength(1);
  });
});
