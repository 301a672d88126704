/** Control characters, and those of format that hide text or turn it round; a line's end is JSON's own in an indented text. */
const UNPRINTABLE = /[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}]/gu;

const escapeOf = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');

/** Half a surrogate pair is no text: jq and many a parser refuse it. */
const wellFormed = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? value.toWellFormed() : value;

/**
 * JSON that is safe on a terminal and good for any parser: what could move the cursor, hide or turn text round stands
 * as an escape, which means the same to whoever parses it.
 */
export const printableJson = (value: unknown, indent?: number): string =>
  printableJsonText((JSON.stringify(value, wellFormed, indent) ?? 'null').toWellFormed());

/** The same of what is JSON already. */
export const printableJsonText = (json: string): string => json.replace(UNPRINTABLE, escapeOf);
