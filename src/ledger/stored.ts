/** A value as items hold it: moments as ISO 8601 text, and nothing of what is undefined. */
export type Stored<T> = T extends Date
  ? string
  : T extends readonly (infer Element)[]
    ? readonly Stored<Element>[]
    : T extends object
      ? { readonly [Key in keyof T]: Stored<T[Key]> }
      : T;

/** What zod reads back it need not write: the types say already that a record is whole, and this is done at every call. */
export const asStored = <T extends object>(value: T): Stored<T> => JSON.parse(JSON.stringify(value));
