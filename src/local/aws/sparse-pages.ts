/** Pages that end early: the real service promises neither full pages nor that a page with a token is not the last. */

/**
 * How many of the records found for a page are shown before a token; undefined for a page that is left whole.
 * No two empty pages follow one another, so that every listing ends.
 */
export type CutPage = (found: number, afterEmpty: boolean) => number | undefined;

/** `random` gives numbers in [0, 1). */
export function createPageCuts(
  faults: { readonly sparsePages?: number | undefined },
  random: () => number,
): CutPage {
  return (found, afterEmpty) => {
    const { sparsePages: share = 0 } = faults;
    if (share === 0 || random() >= share) return undefined;
    const least = afterEmpty ? 1 : 0;
    return found < least ? undefined : least + Math.floor(random() * (found + 1 - least));
  };
}
