import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { asCsv } from '../../src/cli/output/csv.ts';
import type { Column } from '../../src/cli/output/formats.ts';
import { printable } from '../../src/cli/output/printable.ts';
import { asTable } from '../../src/cli/output/table.ts';
import { yamlOf } from '../../src/cli/output/yaml.ts';
import { printableJson } from '../../src/printable-json.ts';
import { readCsv } from './read-csv.ts';

type Row = readonly string[];

const columns: readonly Column<Row>[] = [0, 1, 2].map((index) => ({
  field: `Field${index}`,
  text: (row) => row[index] ?? '',
  ...(index === 1 && { key: true }),
}));
const rows = fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string(), fc.string()), { maxLength: 20 });

const whole = async (chunks: AsyncIterable<string>): Promise<string> => {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
};
async function* each(entries: readonly Row[]) {
  yield* entries;
}

describe('CSV', () => {
  test('reads as what was written, what a terminal or a spreadsheet would act on aside', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        const text = await whole(asCsv(each(given), columns));

        const [header, ...cells] = readCsv(text);
        expect(header).toEqual(['Field0', 'Field1', 'Field2']);
        expect(cells.map((row) => row.map((cell) => cell.replaceAll("'", '')))).toEqual(
          given.map((row) => row.map((cell) => printable(cell).replaceAll("'", ''))),
        );
      }),
    );
  });
});

describe('JSON', () => {
  test('means what was given, and has nothing for a terminal to act on', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' })), (given) => {
        const text = printableJson(given, 2);

        expect(text).not.toMatch(/[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(JSON.parse(text)).toEqual(
          Object.fromEntries(Object.entries(given).map(([key, value]) => [key, value.toWellFormed()])),
        );
      }),
    );
  });
});

describe('YAML', () => {
  test('means what was given, and has nothing for a terminal to act on', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (given) => {
        const text = yamlOf(given);

        expect(text).not.toMatch(/[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(parse(text)).toEqual(given.map((value) => value.toWellFormed()));
      }),
    );
  });
});

describe('a table', () => {
  test('is never wider than the terminal, and a row a line', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 60 }), async (given, width) => {
        const text = await whole(asTable([given], columns, { width, colorful: false }));

        const lines = text.split('\n').slice(0, -1);
        expect(lines).toHaveLength(given.length + 1);
        for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });

  test('is aligned by what characters take up', async () => {
    const given = [
      ['名前', 'x', ''],
      ['abc', 'y', ''],
    ];

    const text = await whole(asTable([given], columns, { colorful: false }));

    expect(text.split('\n').slice(1, 3)).toEqual(['名前    x       ', 'abc     y       ']);
  });

  test('shows characters that would move the cursor as escapes', () => {
    expect(printable('a\u001b[2Jb\u202e\n\u009b\u2028c')).toBe(
      'a\\u{1b}[2Jb\\u{202e}\\u{a}\\u{9b}\\u{2028}c',
    );
    expect(printable('Zürich 名前 🙂')).toBe('Zürich 名前 🙂');
  });
});
