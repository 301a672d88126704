/** A Markdown table: read in a terminal, and pasted into the README as it is. */
export const table = (titles: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  return line(titles) + line(widths.map((width) => '-'.repeat(width))) + rows.map(line).join('');
};

export const times = (ratio: number): string => `${ratio.toFixed(2)} x`;
export const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
