/** How many letters may be wrong. */
const MOST_EDITS = 2;

/** `\n(Did you mean json?)`, as commander says it of commands, when one of the words is near to what was typed. */
export const suggestion = (typed: string, words: readonly string[]): string => {
  const [nearest] = words
    .map((word) => ({ word, edits: editsBetween(typed.toLowerCase(), word) }))
    .filter(({ word, edits }) => edits <= MOST_EDITS && edits < word.length)
    .sort((a, b) => a.edits - b.edits);
  return nearest ? `\n(Did you mean ${nearest.word}?)` : '';
};

/** Letters put in, left out or changed (Levenshtein's distance). */
const editsBetween = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [at, other] of [...to].entries()) {
      const changed = (row[at] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};
