import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from './failure.ts';
import type { Format, Listing } from './output/formats.ts';
import { type Batches, render } from './output/render.ts';
import type { Session } from './session.ts';
import { type Output, say, widthOf, writeAll } from './shell.ts';

/** Formats in which an entry is written only when all the others are known. */
const NEEDS_ALL: ReadonlySet<Format> = new Set(['ansible', 'hosts']);

const HOME_AND_CLEAR = '\u001b[H\u001b[J';

/**
 * Lists again and again until the command is ended: on a terminal the table is drawn anew; elsewhere, and in other
 * formats, entries are written when they are new or have changed.
 */
export const watch = async <T>(
  session: Session,
  list: () => AsyncIterable<readonly T[]>,
  listing: Listing<T>,
  keyOf: (entry: T) => string,
  intervalMs: number,
): Promise<void> => {
  const { shell, view } = session;
  if (NEEDS_ALL.has(view.format)) {
    throw new Failure(
      'usage',
      `-o ${view.format} needs the whole list, which has no end when it is watched.`,
    );
  }
  const redraws = shell.stdout.isTTY === true && view.format === 'table';
  if (!redraws) return showAsItComes(session, changes(list, keyOf, intervalMs), listing);
  for (;;) {
    let drawn = '';
    const { format, colorful } = view;
    // The terminal may have another size by now.
    const width = widthOf(shell.stdout);
    for await (const text of render(list(), listing, { format, colorful, width })) drawn += text;
    const note = `Every ${intervalMs / 1_000} s, ${shell.now().toISOString()}; Ctrl-C ends it.`;
    shell.stdout.write(`${HOME_AND_CLEAR}${note}\n\n${onOneScreen(drawn, shell.stdout)}`);
    await sleep(intervalMs);
  }
};

/** Lines of the note above the table, which may be folded, of what is said below it, and of the cursor. */
const OTHER_LINES = 5;

/** Drawn taller than the terminal, a table would lose its head. */
const onOneScreen = (drawn: string, { rows = 0 }: Output): string => {
  const lines = drawn.trimEnd().split('\n');
  const room = rows > 0 ? Math.max(1, rows - OTHER_LINES) : lines.length;
  const more = lines.length - room;
  return more <= 0 ? drawn : `${lines.slice(0, room).join('\n')}\nand ${more} more\n`;
};

/** Shows a list that has no end: as JSON it is a line an entry, for an array would never be whole. */
export const showAsItComes = async <T>(
  { shell, view }: Session,
  batches: Batches<T>,
  listing: Listing<T>,
): Promise<void> => {
  say(shell, 'Ctrl-C ends it.');
  const format = view.format === 'json' ? 'ndjson' : view.format;
  await writeAll(shell.stdout, render(batches, listing, { ...view, format }));
};

async function* changes<T>(
  list: () => AsyncIterable<readonly T[]>,
  keyOf: (entry: T) => string,
  intervalMs: number,
): AsyncGenerator<readonly T[]> {
  const known = new Map<string, string>();
  for (;;) {
    for await (const batch of list()) {
      yield batch.filter((entry) => known.get(keyOf(entry)) !== JSON.stringify(entry));
      for (const entry of batch) known.set(keyOf(entry), JSON.stringify(entry));
    }
    await sleep(intervalMs);
  }
}
