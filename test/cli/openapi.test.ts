import { readFile } from 'node:fs/promises';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { ROUTES } from '../../infra/routes.ts';
import openApi from '../../openapi.json' with { type: 'json' };
import { ErrorCode } from '../../src/activation/errors.ts';
import { startApi } from '../http/api.ts';

describe('the OpenAPI document', () => {
  test('has no fault that the linter knows', async () => {
    const config = await createConfig({ extends: ['recommended-strict'] });
    const source = await readFile(new URL('../../openapi.json', import.meta.url), 'utf8');

    const faults = await lintFromString({ source, absoluteRef: 'openapi.json', config });

    expect(
      faults.map(({ ruleId, message, location }) => ({ ruleId, message, at: location[0]?.pointer })),
    ).toEqual([]);
  });

  test('has every route that is deployed, and no other', () => {
    const documented = Object.entries(openApi.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );

    expect(documented.toSorted()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).toSorted());
  });

  test('has every code that a route can refuse with', () => {
    const text = JSON.stringify(openApi.paths);
    // Of what no route knows there is no operation to say so.
    const unrouted = ['RouteUnknown', 'MethodNotAllowed'];

    const missing = ErrorCode.options.filter((code) => !text.includes(code));

    expect(missing).toEqual(unrouted);
  });

  test('is served to everyone as it is committed', async () => {
    const { http } = await startApi();

    const answer = await http
      .get('/openapi.json')
      .expect(200)
      .expect('content-type', /^application\/json/);

    expect(answer.body).toEqual(openApi);
  });

  test('is served by a bundle that holds nothing of what made it', async () => {
    const { metafile } = await build({
      entryPoints: ['src/lambda.ts'],
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
      metafile: true,
      outdir: 'unused',
      external: ['@aws-sdk/*'],
    });

    const inputs = Object.keys(metafile.inputs);

    expect(inputs).toContain('src/http/openapi-route.ts');
    expect(inputs.filter((input) => /swagger|oazapfts|openapi-types|redocly/.test(input))).toEqual([]);
  });
});
