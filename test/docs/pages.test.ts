import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { whyNoReader } from './place.ts';
import { tell } from './tell.ts';

/** Pages that other tests run: beside this one, for these take as long as all others together. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'docs/api.md': 'api-examples.test.ts',
  'docs/bootstrap.md': 'bootstrap-page.test.ts',
  'docs/cli.md': 'test/cli/examples.test.ts',
  'docs/migration.md': 'aws-pages.test.ts',
  'docs/operating.md': 'aws-pages.test.ts',
  'infra/README.md': 'aws-pages.test.ts',
};

const DOCS = readdirSync('docs', { recursive: true }).map((path) => join('docs', String(path)));
const PAGES = ['README.md', 'infra/README.md', ...DOCS].filter((path) => path.endsWith('.md')).toSorted();
const obstacle = whyNoReader();

test('every page that is left to another test is there', () => {
  expect(PAGES).toEqual(expect.arrayContaining(Object.keys(ELSEWHERE)));
});

test.skipIf(obstacle !== undefined).each(PAGES.filter((page) => !Object.hasOwn(ELSEWHERE, page)))(
  `%s does what it says${obstacle ? ` (skipped: ${obstacle})` : ''}`,
  async (page) => {
    await tell(page);
  },
  120_000,
);
