import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { buildFunctions } from '../../build.ts';
import { temporaryDirectory } from './synthesis.ts';

const SourceMap = z.object({ sources: z.array(z.string()) });

/** The files whose code is in a function, in whichever of its pieces. */
const sourcesIn = (maps: string): readonly string[] =>
  readdirSync(maps).flatMap(
    (file) => SourceMap.parse(JSON.parse(readFileSync(join(maps, file), 'utf8'))).sources,
  );

/** The pieces that load with the function; the others load when they are needed. */
const loadedAtStart = (folder: string, file = 'index.mjs'): readonly string[] => {
  const imported = readFileSync(join(folder, file), 'utf8').matchAll(
    /(?:from|import)"\.\/(piece-\w+\.mjs)"/g,
  );
  return [file, ...[...imported].flatMap(([, piece = '']) => loadedAtStart(folder, piece))];
};

const bytesOf = (folder: string, files: readonly string[]): number =>
  files.reduce((bytes, file) => bytes + statSync(join(folder, file)).size, 0);

const UNWANTED = [
  /node_modules\/(?:ajv|ajv-formats|fast-json-stringify\/index|@fastify\/swagger|dynalite|classic-level|pino|semver)\b/,
  /src\/local\/|openapi\.json/,
  // What tools/bundle/unused.ts replaces by the way it is imported: a package may come to import it in another way.
  /(?:fastify|light-my-request)\/lib\/config-validator|find-my-way\/lib\/compiler|client-ssm\/.*\/errors\.js/,
  /zod\/v4\/core\/.*json-schema/,
];

it.each(['api', 'worker'] as const)(
  'the %s function has the SDK in it, and nothing that only others need',
  async (name) => {
    const directory = temporaryDirectory();

    const { [name]: folder } = await buildFunctions(directory);

    const sources = sourcesIn(join(directory, 'source-maps', name));
    for (const client of ['@aws-sdk/client-ssm/', '@aws-sdk/client-dynamodb/']) {
      expect(sources.some((source) => source.includes(client))).toBe(true);
    }
    expect(sources.filter((source) => UNWANTED.some((unwanted) => unwanted.test(source)))).toEqual([]);
    const code = readdirSync(folder).filter((file) => file.endsWith('.mjs'));
    expect(bytesOf(folder, code)).toBeLessThan(1_000_000);
  },
);

it('the API function answers machines without loading what operators ask for', async () => {
  const { api } = await buildFunctions(temporaryDirectory());

  const eager = [...new Set(loadedAtStart(api))];
  const code = eager.map((file) => readFileSync(join(api, file), 'utf8')).join('');

  expect(code).toContain('/activate');
  expect(code).not.toContain('/identity/check');
  // Lambda reads it at every cold start.
  expect(bytesOf(api, eager)).toBeLessThan(800_000);
});

it('the API function brings what it serves as it is', async () => {
  const { api } = await buildFunctions(temporaryDirectory());

  for (const file of [
    'bootstrap-scripts/linux/bootstrap.sh',
    'bootstrap-scripts/windows/bootstrap.ps1',
    'openapi.json',
  ]) {
    expect(readFileSync(join(api, file))).toEqual(readFileSync(file));
  }
});

it('functions are told not to compile parsers under the name by which zod looks for it', async () => {
  const code =
    "globalThis.__zod_globalConfig ??= { jitless: true }; console.log((await import('zod')).config().jitless)";

  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code]);

  expect(stdout).toBe('true\n');
});
