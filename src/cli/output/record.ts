import { styleText } from 'node:util';
import type { Column } from './formats.ts';
import { printable } from './printable.ts';
import type { View } from './render.ts';

/** `Name  web-1`, a line for each field that has a value; nothing is cut. */
export const asRecord = <T>(
  entry: T,
  columns: readonly Column<T>[],
  { colorful }: Pick<View, 'colorful'>,
): string => {
  const filled = columns
    .map((column) => ({ ...column, value: printable(column.text(entry)) }))
    .filter(({ value }) => value !== '');
  const width = Math.max(...filled.map(({ field }) => field.length));
  return filled
    .map(({ field, value, color }) => {
      const paint = (style: 'bold' | 'green' | 'yellow' | 'red' | undefined, text: string) =>
        colorful && style ? styleText(style, text, { validateStream: false }) : text;
      return `${paint('bold', field.padEnd(width))}  ${paint(color?.(entry), value)}\n`;
    })
    .join('');
};
