import { expect, test } from 'vitest';
import { temporaryDirectory } from '../process/server-process.ts';
import { openShell } from './shell.ts';

const open = async () => openShell(await temporaryDirectory(), { PATH: process.env['PATH'] });

test('what one fence sets the next one has', async () => {
  const shell = await open();
  await shell.paste('A=1\nalias say=echo');

  expect(await shell.paste('say "A is $A"\nsay twice >&2')).toEqual({
    status: 0,
    written: 'A is 1\ntwice\n',
  });
});

test('a command may have several lines', async () => {
  const text = 'echo a \\\n  b\nfor c in 1 2; do\n  echo $c\ndone\ncat <<END\nd\nEND\necho "e\nf"';

  expect(await (await open()).paste(text)).toEqual({ status: 0, written: 'a b\n1\n2\nd\ne\nf\n' });
});

test('what a list provides for is no failure', async () => {
  expect((await (await open()).paste('false || echo well')).status).toBe(0);
});

test.each([
  ['before the last', 'sh -c "exit 3"\ntrue', 3],
  ['first in a list', 'sh -c "exit 3" && true\ntrue', 3],
  ['in a pipe', 'sh -c "exit 3" | cat', 3],
  ['in an assignment', 'A=$(sh -c "exit 3")', 3],
  ['because there is none of its name', 'no-such-command; true', 127],
  ['because it is no shell', 'if', 2],
  ['by ending the shell', 'exit', Number.NaN],
])('a command that fails %s is found', async (_where, text, status) => {
  expect((await (await open()).paste(text)).status).toBe(status);
});
