/** Nearly all keys are of these, and need none of Unicode's tables. */
const PLAIN = /^[\x20-\x7e]*$/;
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u{13441}\u{13442}]/gu;
const COMBINING_DOT = /\u0307/g;

/**
 * A tag key as others compare it: IAM takes `Environment` and `environment ` for one key, and a reader takes for one
 * whatever looks alike. No standard says how IAM folds letters beyond ASCII, so the folding here is the widest: full
 * case mapping in both directions, Turkish i included, of compatibility forms.
 */
export const foldedKey = (key: string): string => {
  if (PLAIN.test(key)) return key.trim().toLowerCase();
  const composed = key.replace(INVISIBLE, '').normalize('NFKC').replace(/\p{Z}/gu, ' ').trim();
  return composed.toUpperCase().toLowerCase().replace(COMBINING_DOT, '');
};

/** Keys by their folded form; of those that fold alike the first. */
export const keysByFold = (keys: Iterable<string>): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const key of keys) {
    const folded = foldedKey(key);
    if (!found.has(folded)) found.set(folded, key);
  }
  return found;
};

/** The first of these keys that folds as an earlier one does; undefined when each is a key of its own. */
export const repeatedKey = (keys: Iterable<string>): string | undefined => {
  const seen = new Set<string>();
  for (const key of keys) {
    const folded = foldedKey(key);
    if (seen.has(folded)) return key;
    seen.add(folded);
  }
  return undefined;
};

/** The entries whose keys fold as none of the others' do. */
export const withoutKeysOf = <Value>(
  entries: Readonly<Record<string, Value>>,
  others: object,
): Readonly<Record<string, Value>> => {
  const taken = keysByFold(Object.keys(others));
  return Object.fromEntries(Object.entries(entries).filter(([key]) => !taken.has(foldedKey(key))));
};
