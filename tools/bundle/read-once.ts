import { decode, encode } from '@jridgewell/sourcemap-codec';
import { type ArrowFunctionExpression, type Expression, parse } from 'acorn';
import type { Plugin } from 'esbuild';
import * as z from 'zod';

const SourceMap = z.looseObject({ mappings: z.string() });

/** Code as esbuild wrote it, and its source map. */
export interface MappedCode {
  readonly code: string;
  readonly map: string;
}

/**
 * V8 skims a function where it stands and reads it when it is called. The functions that esbuild puts round CommonJS
 * modules are called as soon as the code runs: in parentheses they are read once, and not skimmed before
 * (https://v8.dev/blog/preparser#pife).
 */
export const readOnce = ({ code, map }: MappedCode): MappedCode => {
  const { body } = parse(code, { ecmaVersion: 'latest', sourceType: 'module' });
  const wrappers = body
    .flatMap((statement) => (statement.type === 'VariableDeclaration' ? statement.declarations : []))
    .flatMap(({ init }) => wrapperIn(init));
  const insertions = wrappers
    .flatMap(({ start, end }) => [
      { at: start, text: '(' },
      { at: end, text: ')' },
    ])
    .toSorted((a, b) => a.at - b.at);
  const ends = [...insertions.map(({ at }) => at), code.length];
  const parts = ends.map((end, index) => code.slice(ends[index - 1] ?? 0, end));
  return {
    code: parts.map((part, index) => part + (insertions[index]?.text ?? '')).join(''),
    map: moved(
      map,
      code,
      insertions.map(({ at }) => at),
    ),
  };
};

/** The function in `const x = helper(() => …)`. */
const wrapperIn = (init: Expression | null | undefined): ArrowFunctionExpression[] => {
  if (init?.type !== 'CallExpression' || init.callee.type !== 'Identifier') return [];
  const [argument, ...others] = init.arguments;
  return argument?.type === 'ArrowFunctionExpression' && others.length === 0 ? [argument] : [];
};

/** The map of the same code with one more character at each of these places, which are in order. */
const moved = (map: string, code: string, places: readonly number[]): string => {
  const given = SourceMap.parse(JSON.parse(map));
  const lines = decode(given.mappings);
  let lineStart = 0;
  code.split('\n').forEach((line, index) => {
    const columns = places.map((place) => place - lineStart).filter((at) => at >= 0 && at <= line.length);
    let before = 0;
    for (const segment of lines[index] ?? []) {
      while ((columns[before] ?? Number.POSITIVE_INFINITY) <= segment[0]) before += 1;
      segment[0] += before;
    }
    lineStart += line.length + 1;
  });
  return JSON.stringify({ ...given, mappings: encode(lines) });
};

/** See {@link readOnce}. */
export const wrappersReadOnce: Plugin = {
  name: 'wrappers-read-once',
  setup: ({ onEnd }) => {
    onEnd(({ outputFiles = [] }) => {
      const byPath = new Map(outputFiles.map((file) => [file.path, file]));
      for (const file of outputFiles) {
        const sourceMap = byPath.get(`${file.path}.map`);
        if (!sourceMap) continue;
        const { code, map } = readOnce({ code: file.text, map: sourceMap.text });
        file.contents = Buffer.from(code);
        sourceMap.contents = Buffer.from(map);
      }
    });
  },
};
