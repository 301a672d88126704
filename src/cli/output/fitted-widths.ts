/** Cut to less, a cell tells nothing; a key is an id (of 20 characters) or what someone came to read. */
const LEAST = 10;
const LEAST_OF_KEYS = 24;
/** Between two columns. */
const GAP = 2;

/**
 * Widths of columns, from those that they would like, that fit into a terminal. Columns for which there is no room, of
 * those that are no keys the last first, get 0; then the widest give way.
 */
export const fittedWidths = (
  natural: readonly number[],
  keys: readonly boolean[],
  available: number,
): readonly number[] => {
  const least = natural.map((width, column) => Math.min(width, keys[column] ? LEAST_OF_KEYS : LEAST));
  let shown = [...natural.keys()];
  const total = (widths: readonly number[]) =>
    shown.reduce((sum, column) => sum + (widths[column] ?? 0) + GAP, -GAP);

  while (total(least) > available && shown.length > 1) {
    const dropped = shown.findLast((column) => !keys[column]) ?? shown.at(-1);
    shown = shown.filter((column) => column !== dropped);
  }
  const widths = natural.map((width, column) => (shown.includes(column) ? width : 0));
  for (let over = total(widths) - available; over > 0; over--) {
    const able = shown.filter((column) => (widths[column] ?? 0) > (least[column] ?? 0));
    // One that is left alone gives way whatever it holds.
    const [first = 0, ...others] = able.length > 0 ? able : shown;
    const widest = others.reduce((a, b) => ((widths[b] ?? 0) > (widths[a] ?? 0) ? b : a), first);
    widths[widest] = Math.max(1, (widths[widest] ?? 0) - 1);
  }
  return widths;
};
