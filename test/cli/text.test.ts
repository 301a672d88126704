import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { asCsv } from '../../src/cli/output/csv.ts';
import type { Column } from '../../src/cli/output/formats.ts';
import { printable } from '../../src/cli/output/printable.ts';
import { asTable } from '../../src/cli/output/table.ts';
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
  test('reads as what was written, whatever the fields hold', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        const text = await whole(asCsv(each(given), columns));

        expect(readCsv(text)).toEqual([['Field0', 'Field1', 'Field2'], ...given.map((row) => [...row])]);
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
