/**
 * Few enough combinations, and in them any two values of any two parameters together: a fault that two options make
 * between them is found without trying all. The same every time.
 */
export const pairwise = <T>(parameters: readonly (readonly T[])[]): readonly (readonly T[])[] => {
  const open = new Set<string>();
  const pair = (a: number, i: number, b: number, j: number) =>
    a < b ? `${a}.${i}+${b}.${j}` : `${b}.${j}+${a}.${i}`;
  parameters.forEach((values, a) => {
    parameters.slice(a + 1).forEach((others, offset) => {
      for (const i of values.keys()) for (const j of others.keys()) open.add(pair(a, i, a + 1 + offset, j));
    });
  });
  const rows: number[][] = [];
  while (open.size > 0) {
    const row: number[] = [];
    const [first = ''] = open;
    const wanted = new Map(
      first.split('+').map((one): [number, number] => {
        const [parameter, value] = one.split('.');
        return [Number(parameter), Number(value)];
      }),
    );
    parameters.forEach((values, parameter) => {
      const covers = (value: number): number =>
        row.filter((other, index) => open.has(pair(index, other, parameter, value))).length;
      const best = [...values.keys()].reduce((one, other) => (covers(other) > covers(one) ? other : one), 0);
      row.push(wanted.get(parameter) ?? best);
    });
    row.forEach((value, a) => {
      row.forEach((other, b) => {
        if (a < b) open.delete(pair(a, value, b, other));
      });
    });
    rows.push(row);
  }
  return rows.map((row) =>
    row.flatMap((value, parameter) => parameters[parameter]?.slice(value, value + 1) ?? []),
  );
};
