/**
 * Text that is safe on a terminal: control and format characters, which could move the cursor, hide or turn text round,
 * are shown as escapes. Names in refused requests are whatever a stranger sent.
 */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
