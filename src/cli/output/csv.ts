import type { Column } from './formats.ts';
import { printable } from './printable.ts';

/** Quoted where RFC 4180 asks for it, and where a reader might trim blanks. */
const field = (text: string): string =>
  /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
/**
 * A spreadsheet computes a cell that begins like a formula, wherever it takes a cell to begin: after blanks and quotes, and
 * after a semicolon where that separates cells. An apostrophe before it makes it text (OWASP, "CSV Injection").
 */
const defused = (text: string): string => text.replace(/(?:^|;)(?=[\s"']*[=+\-@＝＋－＠])/g, "$&'");
const line = (fields: readonly string[]): string => `${fields.map(field).join(',')}\r\n`;

/** RFC 4180 with a header line; all columns, nothing cut, nothing that a terminal or a spreadsheet would act on. */
export async function* asCsv<T>(
  entries: AsyncIterable<T>,
  columns: readonly Column<T>[],
): AsyncGenerator<string> {
  yield line(columns.map((column) => column.field));
  for await (const entry of entries) yield line(columns.map(({ text }) => defused(printable(text(entry)))));
}
