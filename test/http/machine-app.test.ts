import { expect, it } from 'vitest';
import { isMachineCall } from '../../src/http/machine-app.ts';

it.each(['GET', 'POST'])('answers %s on what machines call, with the stage and without it', (method) => {
  for (const path of ['/activate', '/tag', '/latest/activate', '/latest/tag']) {
    expect(isMachineCall(method, path)).toBe(true);
  }
});

it.each([
  ['HEAD', '/activate'],
  ['PUT', '/tag'],
  ['GET', '/activate/'],
  ['GET', '/nodes'],
  ['GET', '/latest'],
  ['GET', '/other/activate'],
  ['GET', '/latest/latest/activate'],
])('leaves %s %s to the whole service', (method, path) => {
  expect(isMachineCall(method, path)).toBe(false);
});
