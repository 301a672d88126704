/**
 * Text that is safe on a terminal: control and format characters, which could move the cursor, hide or turn text round,
 * are shown as escapes, and half a surrogate pair as the sign for what is no text. Names in refused requests are whatever
 * a stranger sent.
 */
export const printable = (text: string): string =>
  text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });

/** The same of a text of several lines, which stay lines. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');
