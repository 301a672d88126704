import { expect, test } from 'vitest';
import { InstanceName, looksLikeEc2InstanceId } from '../../src/activation/instance-name.ts';

test.each([
  'a',
  'i-0abc',
  'host.example.com',
  'rack 4/unit 7',
  'größe@中文',
  'a'.repeat(256),
  '=',
  '...',
  'mi-0123',
  'xmi-0123456789abcdef0',
])('%j is a name', (name) => {
  expect(InstanceName.safeParse(name).success).toBe(true);
});

test.each([
  '',
  ' a',
  'a ',
  '\u00a0a',
  'a\u2003',
  ' ',
  'a'.repeat(257),
  'a,b',
  'a\nb',
  'a\0',
  'a#b',
  "a'b",
  '😀',
  'web\u00a01',
  'web\u20281',
  'web\u2029',
  'web\u00ad1',
  'web\u200b1',
  'web\u202e1',
  'web\u31641',
  'web\u115f',
  '\u1160',
  'web\uffa0',
  'web\u034f1',
  'web\u{13441}1',
  'web\u{e0001}',
  'web\ue000',
  'web\u0378',
  'web\ud800',
  'e\u0301',
  '\u1100\u1161',
  '\u212aelvin',
  '.',
  '..',
  'mi-0123456789abcdef0',
  'MI-0123456789ABCDEF0',
  'Mi-0123456789abcdeF0',
  7,
  null,
])('%j is no name', (name) => {
  expect(InstanceName.safeParse(name).success).toBe(false);
});

test.each([
  ['i-0123abcd', true],
  ['i-0123456789abcdef0', true],
  ['i-0123ABCD', true],
  ['i-0123abc', false],
  ['i-0123456789abcdef01', false],
  ['mi-0123456789abcdef0', false],
  ['xi-0123abcd', false],
  ['i-0123abcd\n', false],
])('%j looks like an EC2 instance id: %s', (name, looksLike) => {
  expect(looksLikeEc2InstanceId(name)).toBe(looksLike);
});
