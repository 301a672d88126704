import type { Shell } from './shell.ts';

interface Page<T> {
  readonly entries: readonly T[];
  readonly next: string | undefined;
}

/** What the API gives at most at once. */
export const PAGE = 100;

/** Every entry of a list, page after page, up to a number of them in all. */
export async function* allPages<T>(
  fetchPage: (limit: number, cursor: { readonly cursor?: string }) => Promise<Page<T>>,
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly T[]> {
  let left = most;
  let cursor: string | undefined;
  do {
    const { entries, next } = await fetchPage(Math.min(PAGE, left), { ...(cursor && { cursor }) });
    yield entries;
    left -= entries.length;
    cursor = next;
  } while (cursor !== undefined && left > 0);
}

/** Counts on the terminal while the entries go elsewhere. */
export async function* withProgress<T>(
  batches: AsyncIterable<readonly T[]>,
  { stdout, stderr }: Shell,
): AsyncGenerator<readonly T[]> {
  const shows = stderr.isTTY === true && !stdout.isTTY;
  let count = 0;
  try {
    for await (const batch of batches) {
      yield batch;
      count += batch.length;
      if (shows && count >= PAGE) stderr.write(`\r${count} so far`);
    }
  } finally {
    if (shows && count >= PAGE) stderr.write('\r\u001b[K');
  }
}
