import { expect, test } from 'vitest';
import { mismatch } from './answers.ts';

const text = (documented: string, came: string) => mismatch({ language: 'text', text: documented }, came);
const json = (documented: unknown, came: unknown) =>
  mismatch({ language: 'json', text: JSON.stringify(documented) }, JSON.stringify(came));

test.each([
  ['the same', 'a b', 'a b\n'],
  ['columns of another width', 'NAME  STATUS\nweb-1  Online', 'NAME   STATUS  \nweb-1  Online  \n'],
  [
    'another activation',
    'id 47ec4069-20cc-4709-85a2-895ac895e2fd',
    'id 0f8d7d3e-5c0a-4f4e-9d2b-6f3a1c2b7e10',
  ],
  ['another node', 'as mi-15f9140cad0b4b96c.', 'as mi-0123456789abcdef0.'],
  ['another instance', 'i-0a1b2c3d4e5f60718', 'i-0123456789abcdef0'],
  ['another time', 'until 2026-11-22T02:07:40Z', 'until 2027-01-01T00:00:00.123Z'],
  ['anything in a line', 'is … here', 'is what nobody knows here'],
  ['any lines', 'first\n…\nlast', 'first\nsecond\nthird\nlast'],
  ['no line at all', 'first\n…\nlast', 'first\nlast'],
])('a text that shows %s is right', (_what, documented, came) => {
  expect(text(documented, came)).toBeUndefined();
});

test.each([
  ['another word', 'Online', 'ConnectionLost'],
  ['one more line', 'a', 'a\nb'],
  ['one line fewer', 'a\nb', 'a'],
  ['an id of another kind', 'mi-15f9140cad0b4b96c', 'i-0123456789abcdef0'],
  ['what a pattern would take', 'a.c', 'abc'],
  ['more lines than the part that is left open', 'is … here', 'is what\nnobody knows here'],
])('a text that shows %s is wrong', (_what, documented, came) => {
  expect(text(documented, came)).toBeDefined();
});

test.each([
  ['the same in another order', { a: 1, b: [true, null] }, { b: [true, null], a: 1 }],
  ['anything', { code: '…' }, { code: { deep: 1 } }],
  ['part of a text', { detail: 'is registered as …' }, { detail: 'is registered as mi-0123456789abcdef0.' }],
  ['some of the keys', { a: 1, '…': '…' }, { a: 1, b: 2 }],
  ['the first of a list', ['a', '…'], ['a', 'b', 'c']],
])('JSON that shows %s is right', (_what, documented, came) => {
  expect(json(documented, came)).toBeUndefined();
});

test.each([
  ['another value', { a: { b: 1 } }, { a: { b: 2 } }, '.a.b is 2, not 1'],
  ['a number for a text', { a: '1' }, { a: 1 }, '.a is 1, not "1"'],
  ['a key that did not come', { a: '…' }, {}, '.a is undefined, not "…"'],
  ['too few keys', { a: 1 }, { a: 1, b: 2 }, '.b is not in the page'],
  ['a shorter list', ['a'], ['a', 'b'], 'it is ["a","b"], not ["a"]'],
])('JSON that shows %s is wrong', (_what, documented, came, why) => {
  expect(json(documented, came)).toBe(why);
});

test('JSON is looked for after what a command says beside it', () => {
  const answer = { language: 'json', text: '{ "a": 1 }' } as const;

  expect(mismatch(answer, 'The token is shown this once.\n{\n  "a": 1\n}\n')).toBeUndefined();
  expect(mismatch(answer, 'error: no')).toMatch(/^not JSON/);
});
