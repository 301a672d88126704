/** What records of one kind were before their latest writes, kept only while a lagging read may still show it. */
import type { Records } from './collection.ts';
import type { Aspect, Write } from './lag.ts';
import type { Stored } from './records.ts';

/** A write, and the lots drawn for it: how late each replica has it. */
export interface PastWrite extends Write {
  readonly draws: (number | undefined)[];
}

export interface Aspects<T> {
  readonly of: Write['of'];
  readonly made: Aspect;
  readonly ended: Aspect;
  /** The fields that one kind of write changes, and that become visible together. */
  readonly parts: Partial<Record<Aspect, readonly (keyof T)[]>>;
}

interface Change<T> {
  readonly write: PastWrite;
  readonly before: T | undefined;
}

const isAspectOf = <T>(aspects: Aspects<T>, key: string): key is Aspect => Object.hasOwn(aspects.parts, key);

export class History<T extends Stored> {
  readonly #aspects: Aspects<T>;
  readonly #clock: () => Date;
  readonly #keepMs: () => number;
  /** By record, the oldest first. */
  readonly #changes = new Map<string, Change<T>[]>();
  /** Of all records, in the order they were made. */
  readonly #writes = new Set<PastWrite>();

  constructor(aspects: Aspects<T>, clock: () => Date, keepMs: () => number) {
    this.#aspects = aspects;
    this.#clock = clock;
    this.#keepMs = keepMs;
  }

  /** How many writes are remembered. */
  get size(): number {
    return this.#writes.size;
  }

  /** `before` is undefined for a new record, `after` for one that is deleted. */
  note(before: T | undefined, after: T | undefined): void {
    this.#forgetOld();
    if (this.#keepMs() === 0) return;
    const id = (after ?? before)?.id;
    if (id === undefined) return;
    for (const aspect of this.#changedAspects(before, after)) {
      const at = this.#clock().getTime();
      const write = { of: this.#aspects.of, id, aspect, at, draws: [] };
      this.#writes.add(write);
      const changes = this.#changes.get(id);
      if (changes) changes.push({ write, before });
      else this.#changes.set(id, [{ write, before }]);
    }
  }

  /** The records as a reader finds them who sees only the writes that are visible to it. */
  seenBy(records: Records<T>, isVisible: (write: PastWrite) => boolean): Records<T> {
    const seen = (record: T) => this.#seen(record, isVisible);
    const deleted = (matches: (record: T) => boolean) =>
      [...this.#changes.values()].flatMap((changes) => {
        const last = changes.at(-1);
        return last?.write.aspect === this.#aspects.ended && last.before && matches(last.before)
          ? [last.before]
          : [];
      });
    const inOrder = (present: readonly T[], gone: readonly T[]) =>
      [...present, ...gone].flatMap((record) => seen(record) ?? []).sort((a, b) => a.serial - b.serial);
    return {
      get ordered() {
        return inOrder(
          records.ordered,
          deleted(() => true),
        );
      },
      groupOf: (record) => records.groupOf(record),
      withIds: (ids) => {
        const wanted = new Set(ids);
        return inOrder(
          records.withIds(wanted),
          deleted(({ id }) => wanted.has(id)),
        );
      },
      inGroups: (groups) => {
        const wanted = new Set<string | undefined>(groups);
        return inOrder(
          records.inGroups(groups),
          deleted((record) => wanted.has(records.groupOf(record))),
        );
      },
    };
  }

  #changedAspects(before: T | undefined, after: T | undefined): Aspect[] {
    const { made, ended, parts } = this.#aspects;
    if (!before) return [made];
    if (!after) return [ended];
    return Object.keys(parts)
      .filter((key) => isAspectOf(this.#aspects, key))
      .filter((aspect) => parts[aspect]?.some((field) => before[field] !== after[field]));
  }

  /** From the newest write back: of each aspect the newest that is visible has the last word. */
  #seen(latest: T, isVisible: (write: PastWrite) => boolean): T | undefined {
    const { made, ended, parts } = this.#aspects;
    const known = new Set<Aspect>();
    let seen = latest;
    for (const { write, before } of (this.#changes.get(latest.id) ?? []).toReversed()) {
      const { aspect } = write;
      if (known.has(aspect)) continue;
      const visible = isVisible(write);
      if (visible) known.add(aspect);
      if (aspect === made && !visible) return undefined;
      if (aspect === ended && visible) return undefined;
      if (before && !visible)
        seen = {
          ...seen,
          ...Object.fromEntries((parts[aspect] ?? []).map((field) => [field, before[field]])),
        };
    }
    return seen;
  }

  #forgetOld(): void {
    const since = this.#clock().getTime() - this.#keepMs();
    for (const write of this.#writes) {
      if (write.at > since) break;
      this.#writes.delete(write);
      const rest = this.#changes.get(write.id)?.filter((change) => change.write !== write) ?? [];
      if (rest.length > 0) this.#changes.set(write.id, rest);
      else this.#changes.delete(write.id);
    }
  }
}
