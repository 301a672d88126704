import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { stepsOf } from './page.ts';
import { REPLACEMENTS } from './replacements.ts';

const DOCS = readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((path) => join('docs', path));
const PAGES = ['README.md', 'infra/README.md', ...DOCS.filter((path) => path.endsWith('.md'))];
const LINK = /\]\((?!https:)([^)#]*)(?:#([^)]*))?\)/g;

/** As GitHub makes them: lower case, no punctuation, a hyphen for each space. */
const anchorsOf = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each(PAGES)('every link of %s leads somewhere', (page) => {
  const links = [...readFileSync(page, 'utf8').matchAll(LINK)];

  const dead = links.flatMap(([link, path = '', anchor]) => {
    const target = path === '' ? page : normalize(join(dirname(page), path));
    const isThere = existsSync(target) && (anchor === undefined || anchorsOf(target).includes(anchor));
    return isThere ? [] : [link];
  });

  expect(dead).toEqual([]);
});

test('the index of the documentation links to every page', () => {
  const index = readFileSync('docs/README.md', 'utf8');

  const missing = DOCS.filter((path) => statSync(path).isFile() && path !== 'docs/README.md').filter(
    (path) => !index.includes(`](${path.slice('docs/'.length)})`),
  );

  expect(missing).toEqual([]);
});

test.each(REPLACEMENTS)('a page still has what is replaced, $page', ({ page: pattern }) => {
  const pasted = PAGES.filter((page) => page !== 'docs/api.md')
    .flatMap((page) => stepsOf(readFileSync(page, 'utf8')))
    .flatMap((step) => (step.does === 'run' ? [step.text] : []));

  expect(pasted.some((text) => text.search(pattern) >= 0)).toBe(true);
});
