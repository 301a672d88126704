import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { expect, test } from 'vitest';
import { ActivationCode } from '../../src/activation/activation-code.ts';
import { LedgerUnavailable } from '../../src/activation/errors.ts';

const SECRET = 'kQ3v9ZtXyW0bLr7pHs2d';
const code = new ActivationCode(SECRET);

test('the answer to the caller can have it', () => {
  expect(code.reveal()).toBe(SECRET);
});

const error = Object.assign(new LedgerUnavailable('The ledger does not answer.', 2, { cause: { code } }), {
  code2: code,
});

test.each<[string, () => string]>([
  ['JSON', () => JSON.stringify({ deep: [{ code }] })],
  ['a template literal', () => `${code}`],
  ['conversion', () => String(code)],
  ['joining', () => [code, code].join()],
  ['inspection', () => inspect({ deep: { code } }, { depth: null, showHidden: true })],
  ['inspection with getters', () => inspect(code, { getters: true, customInspect: false, showHidden: true })],
  ['format %s', () => format('%s', code)],
  ['format %o', () => format('%o', code)],
  ['format %O', () => format('%O', code)],
  ['format %j', () => format('%j', code)],
  ['an error that holds it', () => inspect(error, { depth: null })],
  ['the JSON of an error that holds it', () => JSON.stringify({ ...error, cause: error.cause })],
  ['its own properties', () => JSON.stringify([Object.entries(code), Reflect.ownKeys(code).map(String)])],
  ['structured cloning', () => inspect(structuredClone({ ...code }))],
  ['serialisation', () => serialize({ ...code }).toString('latin1')],
])('%s does not print it', (_way, print) => {
  expect(print()).not.toContain(SECRET);
});

test('the console does not print it', () => {
  const stream = new PassThrough();
  const printer = new Console(stream);

  printer.log(code, '%s', code, { code });
  printer.dir({ code }, { depth: null, showHidden: true });
  printer.table([{ code }]);

  const printed = String(stream.read());
  expect(printed).toContain('[ActivationCode]');
  expect(printed).not.toContain(SECRET);
});
