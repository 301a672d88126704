import { printableJson } from '../../printable-json.ts';

/** One array, an entry a line, so that it can be read while it comes. */
export async function* asJson(entries: AsyncIterable<unknown>): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const entry of entries) {
    yield `${separator}${printableJson(entry)}`;
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

/** An entry a line and nothing else (https://github.com/ndjson/ndjson-spec). */
export async function* asJsonLines(entries: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const entry of entries) yield `${printableJson(entry)}\n`;
}
