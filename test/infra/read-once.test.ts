import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { decode } from '@jridgewell/sourcemap-codec';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { type MappedCode, readOnce } from '../../tools/bundle/read-once.ts';
import { temporaryDirectory } from './synthesis.ts';

/** Two CommonJS modules, one of which has a line break that no minifier takes away. */
const FILES = {
  'entry.mjs': `import first from './first.cjs';\nimport second from './second.cjs';\nexport const said = [first(), second()];`,
  'first.cjs': `module.exports = () => \`first\nmark-a\`;`,
  'second.cjs': `const { EOL } = require('./third.cjs');\n\nmodule.exports = () => 'mark-b' + EOL;`,
  'third.cjs': `exports.EOL = 'mark-c';`,
};

const bundled = async (directory: string): Promise<MappedCode> => {
  for (const [file, text] of Object.entries(FILES)) writeFileSync(join(directory, file), text);
  const { outputFiles } = await build({
    entryPoints: [join(directory, 'entry.mjs')],
    bundle: true,
    minify: true,
    format: 'esm',
    outdir: directory,
    sourcemap: 'external',
    write: false,
  });
  const textOf = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
  return { code: textOf('.js'), map: textOf('.js.map') };
};

const Payload = z.looseObject({ mappings: z.string() });

/** What stands in the code wherever the map says where it comes from, and where that is. */
const origins = ({ code, map }: MappedCode) => {
  const lines = code.split('\n');
  return decode(Payload.parse(JSON.parse(map)).mappings).flatMap((segments, line) =>
    segments.map(([column, ...origin]) => [lines[line]?.[column], ...origin]),
  );
};

it('every wrapper of a CommonJS module is in parentheses', async () => {
  const { code } = readOnce(await bundled(temporaryDirectory()));

  expect(code.match(/=\w+\(\(\(?\w*(?:,\w+)?\)?=>\{/g)).toHaveLength(3);
});

it('the code does what it did', async () => {
  const directory = temporaryDirectory();
  const file = join(directory, 'out.mjs');

  writeFileSync(file, readOnce(await bundled(directory)).code);

  expect(await import(pathToFileURL(file).href)).toMatchObject({ said: ['first\nmark-a', 'mark-bmark-c'] });
});

it('the source map leads to where it led', async () => {
  const before = await bundled(temporaryDirectory());

  const after = readOnce(before);

  expect(after.code.length).toBe(before.code.length + 6);
  expect(origins(after).length).toBeGreaterThan(20);
  expect(origins(after)).toEqual(origins(before));
});
