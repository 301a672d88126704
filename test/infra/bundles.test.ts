import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { buildFunctions } from '../../build.ts';
import { temporaryDirectory } from './synthesis.ts';

const SourceMap = z.object({ sources: z.array(z.string()) });

/** The files whose code is in a bundle. */
const sourcesIn = (mapFile: string): readonly string[] =>
  SourceMap.parse(JSON.parse(readFileSync(mapFile, 'utf8'))).sources;

const UNWANTED =
  /node_modules\/(?:ajv|ajv-formats|fast-json-stringify\/index|@fastify\/swagger|dynalite|classic-level)\b|src\/local\//;

it.each(['api', 'worker'] as const)(
  'the %s function is one file with the SDK in it, and without what only others need',
  async (name) => {
    const directory = temporaryDirectory();

    const { [name]: folder } = await buildFunctions(directory);

    const sources = sourcesIn(join(directory, 'source-maps', `${name}.mjs.map`));
    for (const client of ['@aws-sdk/client-ssm/', '@aws-sdk/client-dynamodb/']) {
      expect(sources.some((source) => source.includes(client))).toBe(true);
    }
    expect(sources.filter((source) => UNWANTED.test(source))).toEqual([]);
    // Lambda reads it at every cold start.
    expect(statSync(join(folder, 'index.mjs')).size).toBeLessThan(1_300_000);
  },
);

it('the API function brings the bootstrap scripts that it serves', async () => {
  const { api } = await buildFunctions(temporaryDirectory());

  for (const script of ['linux/bootstrap.sh', 'windows/bootstrap.ps1']) {
    expect(readFileSync(join(api, 'bootstrap-scripts', script))).toEqual(
      readFileSync(join('bootstrap-scripts', script)),
    );
  }
});
