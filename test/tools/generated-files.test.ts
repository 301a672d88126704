import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { generatedFiles } from '../../tools/generate.ts';

test('what is made from the source is committed as it is made now; if not: npm run generate', async () => {
  const made = await generatedFiles();

  const stale: string[] = [];
  for (const [path, text] of Object.entries(made)) {
    const committed = await readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
    if (committed !== text) stale.push(path);
  }
  expect(stale).toEqual([]);
});
