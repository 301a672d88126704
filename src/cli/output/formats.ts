/** The formats of any answer, and those in which operators use a mapping of nodes. */
const GENERAL_FORMATS = ['table', 'json', 'ndjson', 'csv', 'yaml'] as const;
const NODE_FORMATS = ['ansible', 'ssh-config', 'hosts'] as const;
export const FORMATS = [...GENERAL_FORMATS, ...NODE_FORMATS];
export type Format = (typeof FORMATS)[number];

/** How entries become text, piece by piece. */
export type Render<T> = (entries: AsyncIterable<T>) => AsyncIterable<string>;

export interface Column<T> {
  /** The name of the field, as AWS writes it. */
  readonly field: string;
  readonly text: (entry: T) => string;
  /** Left out of tables, for want of room. */
  readonly detail?: true;
  /** What an entry is about: the last to go from a table that is too wide for its terminal. */
  readonly key?: true;
  readonly color?: (entry: T) => 'green' | 'yellow' | 'red' | undefined;
}

/** How one kind of entry is shown. */
export interface Listing<T> {
  readonly columns: readonly Column<T>[];
  /** Formats of this kind's own. */
  readonly formats?: Readonly<Partial<Record<Format, Render<T>>>>;
}
