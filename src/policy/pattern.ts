import * as z from 'zod';

/** A pattern in which `*` stands for any run of characters, and everything else for itself. */
export const Pattern = z
  .string()
  .min(1)
  .max(256)
  .meta({ description: '`*` stands for any run of characters, everything else for itself.' });

/** Walks the text once for each `*`, so that no pattern can make it slow. */
export const matchesPattern = (pattern: string, text: string): boolean => {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
};

export const matchesAny = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) => matchesPattern(pattern, text));
