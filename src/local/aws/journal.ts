/** The state on disk: a LevelDB whose write-ahead log survives the death of the process, kill -9 included. */
import { mkdir } from 'node:fs/promises';
import { ClassicLevel } from 'classic-level';

export interface Journal {
  entries(): Promise<Iterable<[key: string, value: string]>>;
  /** Undefined deletes. Writes made in the same tick are one atomic batch. Resolves when LevelDB has it. */
  write(key: string, value: string | undefined): Promise<void>;
  close(): Promise<void>;
}

export const forgetfulJournal: Journal = {
  entries: async () => [],
  write: async () => {},
  close: async () => {},
};

/**
 * Batches follow one another, so the last write of a key is the one that stays. After a failed batch every
 * write fails: memory is then ahead of the disk, and only a restart can tell what is true.
 */
export async function openJournal(directory: string): Promise<Journal> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const db = new ClassicLevel<string, string>(directory);
  await db.open();

  let pending = new Map<string, string | undefined>();
  let writing = Promise.resolve();
  let next: Promise<void> | undefined;

  function commit(): Promise<void> {
    const batch = [...pending].map(([key, value]) =>
      value === undefined ? { type: 'del' as const, key } : { type: 'put' as const, key, value },
    );
    pending = new Map();
    next = undefined;
    writing = db.batch(batch);
    return writing;
  }

  return {
    entries: () => db.iterator().all(),
    write(key, value) {
      pending.set(key, value);
      next ??= writing.then(commit);
      return next;
    },
    async close() {
      await (next ?? writing).catch(() => {});
      await db.close();
    },
  };
}
