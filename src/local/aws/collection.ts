/** Records of one kind in memory, in the order they were made, each change written through to the journal. */
import type { Journal } from './journal.ts';
import type { Stored } from './records.ts';

/** The index of the first record past `serial`, in records ordered by it. */
export function firstAfter(ordered: readonly Stored[], serial: number): number {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ordered[middle]?.serial ?? Number.POSITIVE_INFINITY) > serial) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** What a listing needs of them. */
export interface Records<T extends Stored> {
  readonly ordered: readonly T[];
  readonly groupOf: (record: T) => string | undefined;
  /** Each once, ordered; ids that are not known are left out. */
  withIds(ids: Iterable<string>): T[];
  inGroups(groups: readonly string[]): T[];
}

/** Whoever remembers what records were before. */
export interface Witness<T> {
  note(before: T | undefined, after: T | undefined): void;
}

export class Collection<T extends Stored> implements Records<T> {
  readonly #journal: Pick<Journal, 'write'>;
  readonly #keyPrefix: string;
  readonly groupOf: (record: T) => string | undefined;
  readonly #witness: Witness<T>;
  readonly #byId: Map<string, T>;
  readonly #groups = new Map<string, Set<string>>();
  readonly #ordered: T[];

  /** `groupOf` names the one attribute, fixed for a record's life, that records are also found by. */
  constructor(
    journal: Pick<Journal, 'write'>,
    keyPrefix: string,
    groupOf: (record: T) => string | undefined,
    loaded: readonly T[],
    witness: Witness<T> = { note: () => {} },
  ) {
    this.#journal = journal;
    this.#keyPrefix = keyPrefix;
    this.groupOf = groupOf;
    this.#witness = witness;
    this.#ordered = loaded.toSorted((a, b) => a.serial - b.serial);
    this.#byId = new Map(loaded.map((record) => [record.id, record]));
    for (const record of this.#ordered) this.#joinGroup(record);
  }

  get nextSerial(): number {
    return (this.#ordered.at(-1)?.serial ?? 0) + 1;
  }

  get ordered(): readonly T[] {
    return this.#ordered;
  }

  get(id: string): T | undefined {
    return this.#byId.get(id);
  }

  withIds(ids: Iterable<string>): T[] {
    return [...new Set(ids)].flatMap((id) => this.#byId.get(id) ?? []).sort((a, b) => a.serial - b.serial);
  }

  inGroups(groups: readonly string[]): T[] {
    return this.withIds(groups.flatMap((group) => [...(this.#groups.get(group) ?? [])]));
  }

  /** Memory changes at once, so that callers in later ticks see it; the promise resolves when the journal has it. */
  put(record: T): Promise<void> {
    this.#witness.note(this.#byId.get(record.id), record);
    if (this.#byId.has(record.id)) {
      this.#ordered[firstAfter(this.#ordered, record.serial - 1)] = record;
    } else {
      this.#ordered.push(record);
      this.#joinGroup(record);
    }
    this.#byId.set(record.id, record);
    return this.#journal.write(this.#keyPrefix + record.id, JSON.stringify(record));
  }

  delete(record: T): Promise<void> {
    this.#witness.note(record, undefined);
    this.#byId.delete(record.id);
    this.#ordered.splice(firstAfter(this.#ordered, record.serial - 1), 1);
    const group = this.groupOf(record) ?? '';
    const members = this.#groups.get(group);
    members?.delete(record.id);
    if (members?.size === 0) this.#groups.delete(group);
    return this.#journal.write(this.#keyPrefix + record.id, undefined);
  }

  #joinGroup(record: T): void {
    const group = this.groupOf(record);
    if (group === undefined) return;
    const members = this.#groups.get(group);
    if (members) members.add(record.id);
    else this.#groups.set(group, new Set([record.id]));
  }
}
