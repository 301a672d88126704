import { expect, test } from 'vitest';
import { UnusablePolicy } from '../../src/policy/read-policy.ts';
import { stepsOf, UnknownFence } from './page.ts';

const fence = (info: string, text: string) => `\`\`\`${info}\n${text}\n\`\`\``;

test('a shell fence is run, and what follows at once is its answer', () => {
  const page = ['# Page', '', fence('sh', 'date'), '', fence('text', '2026-11-22T02:07:40Z')].join('\n');

  expect(stepsOf(page)).toEqual([
    { does: 'run', text: 'date', line: 4, answer: { language: 'text', text: '2026-11-22T02:07:40Z' } },
  ]);
});

test('JSON is saved under the name that it has, and else is read', () => {
  const page = [
    fence('sh', 'true'),
    '',
    'A policy:',
    '',
    fence('json', '{}'),
    '',
    fence('json p.json', '{}'),
  ].join('\n');

  expect(stepsOf(page)).toMatchObject([{ does: 'run' }, { does: 'read' }, { does: 'save', name: 'p.json' }]);
  expect(stepsOf(page)[0]).not.toHaveProperty('answer');
});

test('JSON that answers nothing and is no policy is refused', () => {
  expect(() => stepsOf(fence('json', '{ "netwrok": [] }'))).toThrow(UnusablePolicy);
});

test('indented lines are run as a fence is', () => {
  expect(stepsOf('Do\n\n    a \\\n      b\n\n    c\n\nand more')).toMatchObject([
    { does: 'run', text: 'a \\\n  b\n\nc' },
  ]);
});

test.each([
  ['of no language', fence('', 'ls')],
  ['of an unknown one', fence('fish', 'ls')],
  ['of another spelling', fence('bash', 'ls')],
  ['of text that answers nothing', `Text:\n\n${fence('text', 'a')}`],
  ['of a second answer', [fence('sh', 'ls'), fence('text', 'a'), fence('text', 'b')].join('\n')],
  ['without an end', '```sh\nls'],
])('a fence %s is refused', (_what, page) => {
  expect(() => stepsOf(page)).toThrow(UnknownFence);
});
