/** At most so many characters of a text; none of them is cut in two, which would leave half a surrogate pair. */
export const startOf = (text: string, most: number): string => {
  const kept = text.slice(0, most);
  return kept.length < text.length && /[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept;
};
