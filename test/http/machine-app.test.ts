import { expect, it } from 'vitest';
import { isMachineCall } from '../../src/http/machine-app.ts';

it.each(['GET', 'POST'])('answers %s on what machines call', (method) => {
  for (const route of ['/activate', '/tag']) expect(isMachineCall(method, route)).toBe(true);
});

it.each([
  ['HEAD', '/activate'],
  ['PUT', '/tag'],
  ['GET', '/activate/'],
  ['GET', '/nodes'],
  ['GET', '/latest/activate'],
  ['GET', '/{proxy+}'],
  ['GET', '/other/activate'],
])('leaves %s %s to the whole service', (method, route) => {
  expect(isMachineCall(method, route)).toBe(false);
});
