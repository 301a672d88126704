/** Quotes a value so that a POSIX shell takes it as it is, whatever it holds. */
export const quoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;

/** Lines such as `NAME='i-0abc'`, safe to `eval`. */
export const shellAssignments = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([variable, value]) => `${variable}=${quoted(value)}\n`)
    .join('');
