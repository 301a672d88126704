import { styleText } from 'node:util';
import stringWidth from 'string-width';
import { fittedWidths } from './fitted-widths.ts';
import type { Column } from './formats.ts';
import { printable } from './printable.ts';
import type { Batches, View } from './render.ts';

const GAP = '  ';

/**
 * Aligned columns: cut to the width of a terminal, whole where there is none. The first batch decides how wide, and
 * which columns have no room.
 */
export async function* asTable<T>(
  batches: Batches<T>,
  columns: readonly Column<T>[],
  { width, colorful, note }: Omit<View, 'format'>,
): AsyncGenerator<string> {
  const shown = columns.filter(({ detail }) => !detail);
  const titles = shown.map(({ field }) => titleOf(field));
  const keys = shown.map(({ key = false }) => key);
  const line = (cells: readonly string[], widths: readonly number[], entry?: T): string => {
    const last = widths.findLastIndex((one) => one > 0);
    const fitted = cells.flatMap((cell, index) => {
      const room = widths[index] ?? 0;
      if (room === 0) return [];
      const cut = width === undefined ? cell : truncated(cell, room);
      const padded = index === last ? cut : padTo(cut, room);
      const color = entry === undefined ? 'bold' : shown[index]?.color?.(entry);
      return [colorful && color ? styleText(color, padded, { validateStream: false }) : padded];
    });
    return `${fitted.join(GAP)}\n`;
  };
  const widthsOf = (rows: readonly (readonly string[])[]): readonly number[] => {
    const natural = titles.map((title, column) =>
      Math.max(stringWidth(title), ...rows.map((cells) => stringWidth(cells[column] ?? ''))),
    );
    if (width === undefined) return natural;
    const widths = fittedWidths(natural, keys, width);
    const left = titles.filter((_, column) => widths[column] === 0);
    if (left.length > 0)
      note?.(`No room for ${left.join(', ')}: widen the terminal, or ask for all with -o yaml.`);
    return widths;
  };

  let widths: readonly number[] | undefined;
  for await (const batch of batches) {
    if (batch.length === 0) continue;
    const rows = batch.map((entry) => ({ entry, cells: shown.map(({ text }) => printable(text(entry))) }));
    const head = widths === undefined;
    widths ??= widthsOf(rows.map(({ cells }) => cells));
    const known = widths;
    yield (head ? line(titles, known) : '') +
      rows.map(({ entry, cells }) => line(cells, known, entry)).join('');
  }
  if (widths === undefined) yield line(titles, widthsOf([]));
}

/** `LastPingDateTime` is LAST PING DATE TIME at the head of a column. */
const titleOf = (field: string): string => field.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase();

const padTo = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - stringWidth(text)));

const truncated = (text: string, width: number): string => {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(kept + segment) > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
};
