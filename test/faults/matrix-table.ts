import { inShort } from './door.ts';
import type { Cell } from './play-row.ts';

export interface TableRow {
  readonly title: string;
  readonly cells: readonly Cell[];
}

const shown = ({ answer, wrong }: Cell): string =>
  `${wrong.length > 0 ? '**wrong** ' : ''}${inShort(answer)}`;

const bound = ({ expected: { status, code, withinSeconds } }: Cell): string =>
  `${[status, code].filter(Boolean).join(' ')} within ${withinSeconds} s`;

/** The matrix as a Markdown table, one line a cell. */
export const tableOf = (rows: readonly TableRow[]): string => {
  const lines = rows.flatMap(({ title, cells }) =>
    cells.map((cell) => `| ${title} | ${cell.route} | ${bound(cell)} | ${shown(cell)} |`),
  );
  return ['| fault | request | expected | seen |', '|---|---|---|---|', ...lines, ''].join('\n');
};
