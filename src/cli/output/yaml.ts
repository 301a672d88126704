import { Document, isScalar, visit } from 'yaml';

/** Nothing of it may reach a terminal as it is. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const UNPRINTABLE_IN_LINES = /[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text with control or format characters stands in double quotes, where YAML has escapes for them. */
export const yamlOf = (value: unknown): string => {
  const document = new Document(value);
  visit(document, {
    Scalar: (_key, node) => {
      if (!isScalar(node) || typeof node.value !== 'string' || !UNPRINTABLE.test(node.value)) return;
      node.value = node.value.toWellFormed();
      node.type = 'QUOTE_DOUBLE';
    },
  });
  // A folded line would put a line's end where a blank was.
  return document
    .toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER })
    .replace(UNPRINTABLE_IN_LINES, escapeOf);
};

const escapeOf = (character: string): string =>
  `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;

/** One sequence, an entry at a time. */
export async function* asYaml(entries: AsyncIterable<unknown>): AsyncGenerator<string> {
  let any = false;
  for await (const entry of entries) {
    any = true;
    yield yamlOf([entry]);
  }
  if (!any) yield '[]\n';
}
