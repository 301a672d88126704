import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { openJournal } from '../../../src/local/aws/journal.ts';

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'journal-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

const write = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  value: fc.option(fc.string(), { nil: undefined }),
  pause: fc.boolean(),
});

test('of writes made without waiting for each other, the last of each key stays', async () => {
  const directory = await temporaryDirectory();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(write, { maxLength: 60 }), async (writes) => {
      run += 1;
      const place = join(directory, String(run));
      const model = new Map<string, string>();
      const journal = await openJournal(place);
      const done = [];
      for (const { key, value, pause } of writes) {
        done.push(journal.write(key, value));
        if (value === undefined) model.delete(key);
        else model.set(key, value);
        if (pause) await new Promise(setImmediate);
      }
      await Promise.all(done);
      await journal.close();

      const reopened = await openJournal(place);
      const entries = [...(await reopened.entries())];
      await reopened.close();

      expect(entries).toEqual([...model].sort());
    }),
    { numRuns: Number(process.env['JOURNAL_RUNS'] ?? 15) },
  );
});

test('a burst of writes to one key leaves the last', async () => {
  const journal = await openJournal(await temporaryDirectory());
  onTestFinished(() => journal.close());

  for (let round = 0; round < 20; round++) {
    const burst = [];
    for (let count = 0; count < 100; count++) {
      burst.push(journal.write('key', `${round}.${count}`));
      if (count % 10 === 0) await new Promise(setImmediate);
    }
    await Promise.all(burst);
    expect([...(await journal.entries())]).toEqual([['key', `${round}.99`]]);
  }
});

test('closing waits for the writes that were made', async () => {
  const directory = await temporaryDirectory();
  const journal = await openJournal(directory);
  const written = journal.write('key', 'value');
  await journal.close();
  await written;

  const reopened = await openJournal(directory);
  onTestFinished(() => reopened.close());

  expect([...(await reopened.entries())]).toEqual([['key', 'value']]);
});

test('a write after closing fails, and is not taken for done', async () => {
  const journal = await openJournal(await temporaryDirectory());
  await journal.close();

  await expect(journal.write('key', 'value')).rejects.toThrow();
  await expect(journal.write('key', 'value')).rejects.toThrow();
});
