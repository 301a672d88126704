import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesPattern } from '../../src/policy/pattern.ts';
import { isLike } from './oracle.ts';

const RUNS = Number(process.env['POLICY_RUNS'] ?? 1_500);

test.each([
  ['web-*', 'web-1', true],
  ['web-*', 'web-', true],
  ['web-*', 'web', false],
  ['web-*', 'my-web-1', false],
  ['web-*', 'WEB-1', false],
  ['*', '', true],
  ['', '', true],
  ['', 'a', false],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['*ab*ab', 'ab', false],
  ['a*b*a', 'aba', true],
  ['a*b*a', 'aa', false],
  ['web-?', 'web-1', false],
  ['web.1', 'web-1', false],
  ['[ab]', 'a', false],
  ['**', 'x', true],
])('%s matching %s is %s', (pattern, text, expected) => {
  expect(matchesPattern(pattern, text)).toBe(expected);
});

test('patterns match what the same regular expression does', () => {
  const piece = fc.constantFrom('a', 'b', '*', '.', '\\', '(', '+', ' ', 'é', '\n');
  const joined = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));

  fc.assert(
    fc.property(joined, joined, (pattern, text) => {
      expect(matchesPattern(pattern, text)).toBe(isLike(pattern, text));
    }),
    { numRuns: RUNS },
  );
});

test('no pattern makes matching slow', () => {
  const began = performance.now();

  expect(matchesPattern(`${'*a'.repeat(128)}b`, 'a'.repeat(256))).toBe(false);

  expect(performance.now() - began).toBeLessThan(100);
});
