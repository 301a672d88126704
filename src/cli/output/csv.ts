import type { Column } from './formats.ts';

/** Quoted where RFC 4180 asks for it, and where a reader might trim blanks. */
const field = (text: string): string =>
  /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
const line = (fields: readonly string[]): string => `${fields.map(field).join(',')}\r\n`;

/** RFC 4180 with a header line; all columns, nothing cut. */
export async function* asCsv<T>(
  entries: AsyncIterable<T>,
  columns: readonly Column<T>[],
): AsyncGenerator<string> {
  yield line(columns.map((column) => column.field));
  for await (const entry of entries) yield line(columns.map(({ text }) => text(entry)));
}
