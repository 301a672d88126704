import { styleText } from 'node:util';
import stringWidth from 'string-width';
import type { Column } from './formats.ts';
import { printable } from './printable.ts';
import type { Batches, View } from './render.ts';

const GAP = '  ';
/** Below this a cell tells nothing. */
const LEAST_WIDTH = 6;

/** Aligned columns: cut to the width of a terminal, whole where there is none. The first batch decides how wide. */
export async function* asTable<T>(
  batches: Batches<T>,
  columns: readonly Column<T>[],
  { width, colorful }: Omit<View, 'format'>,
): AsyncGenerator<string> {
  const shown = columns.filter(({ detail }) => !detail);
  const titles = shown.map(({ field }) => titleOf(field));
  const line = (cells: readonly string[], widths: readonly number[], entry?: T): string => {
    const last = widths.findLastIndex((one) => one > 0);
    const fitted = cells.slice(0, last + 1).map((cell, index) => {
      const cut = width === undefined ? cell : truncated(cell, widths[index] ?? 0);
      const padded = index === last ? cut : padTo(cut, widths[index] ?? 0);
      const color = entry === undefined ? 'bold' : shown[index]?.color?.(entry);
      return colorful && color ? styleText(color, padded, { validateStream: false }) : padded;
    });
    return `${fitted.join(GAP)}\n`;
  };

  let widths: readonly number[] | undefined;
  for await (const batch of batches) {
    if (batch.length === 0) continue;
    const rows = batch.map((entry) => ({ entry, cells: shown.map(({ text }) => printable(text(entry))) }));
    const head = widths === undefined;
    widths ??= widthsOf([titles, ...rows.map(({ cells }) => cells)], width);
    const known = widths;
    yield (head ? line(titles, known) : '') +
      rows.map(({ entry, cells }) => line(cells, known, entry)).join('');
  }
  if (widths === undefined) yield line(titles, widthsOf([titles], width));
}

/** `LastPingDateTime` is LAST PING DATE TIME at the head of a column. */
const titleOf = (field: string): string => field.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase();

/** The widest cells give way first; where even the least widths do not fit, columns at the end are left out. */
const widthsOf = (rows: readonly (readonly string[])[], available: number | undefined): number[] => {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => stringWidth(cells[column] ?? ''))),
  );
  if (available === undefined) return widths;
  const total = () => {
    const used = widths.filter((width) => width > 0);
    return used.reduce((sum, width) => sum + width, 0) + GAP.length * (used.length - 1);
  };
  while (total() > available) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) > LEAST_WIDTH) widths[widest] = (widths[widest] ?? 0) - 1;
    else if (widths.filter((width) => width > 0).length > 1)
      widths[widths.findLastIndex((width) => width > 0)] = 0;
    else return [Math.max(1, available)];
  }
  return widths;
};

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
