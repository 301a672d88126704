/** Whoever may read the journal of a server, or the list of processes, wants its operator key. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hasCommand } from '../bootstrap/clean-machine.ts';
import { startServer, temporaryDirectory } from '../process/server-process.ts';

const SERVER = fileURLToPath(new URL('../../src/server.ts', import.meta.url));
const GIVEN = 'a-key-that-the-operator-chose';

test('a server whose output nobody sees at once does not write its key there, new or kept', async () => {
  const directory = await temporaryDirectory();

  const first = await startServer(directory);
  await first.end('SIGTERM');
  const second = await startServer(directory);

  expect(second.operatorKey).toBe(first.operatorKey);
  for (const { written } of [first, second]) {
    expect(written.stdout + written.stderr).not.toContain(first.operatorKey);
    expect(written.stdout).toContain(`Operator key  in ${directory}/operator-key`);
  }
});

test('a key that was given is not written either', async () => {
  const { written } = await startServer(await temporaryDirectory(), { OPERATOR_KEY: GIVEN });

  expect(written.stdout + written.stderr).not.toContain(GIVEN);
});

test('on AWS nothing is said of a key', async () => {
  const nowhere = 'http://127.0.0.1:9';
  const environment = {
    BACKEND: 'aws',
    OPERATOR_KEY: GIVEN,
    AWS_ENDPOINT_URL: nowhere,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };

  const { written } = await startServer(await temporaryDirectory(), environment, 'API');

  expect(written.stdout).toMatch(/^\n {2}API +http:\S+\n\n$/);
  expect(written.stderr).not.toContain(GIVEN);
});

const obstacle = hasCommand('script') ? '' : ' (skipped: no script here)';

describe.skipIf(obstacle)(`on a terminal${obstacle}`, () => {
  /** What a server writes to a terminal until it has started; it is ended then. */
  const seenAtStart = async (DATA_DIR: string): Promise<string> => {
    const env = { PATH: process.env['PATH'], PORT: '0', LOCAL_AWS_PORT: '0', DATA_DIR, SERVER };
    const line = `echo "pid $$."; exec '${process.execPath}' "$SERVER"`;
    const terminal = spawn('script', ['-qec', line, '/dev/null'], { env });
    onTestFinished(() => void terminal.kill('SIGKILL'));
    let seen = '';
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
      seen += text;
    });
    const closed = once(terminal, 'close');
    while (!seen.includes('not for production')) await Promise.race([once(terminal.stdout, 'data'), closed]);
    process.kill(Number(/pid (\d+)\./.exec(seen)?.[1]));
    await closed;
    return seen;
  };

  test('a key that was made just now is shown, and never again', async () => {
    const directory = await temporaryDirectory();

    const first = await seenAtStart(directory);
    const second = await seenAtStart(directory);

    const key = (await readFile(join(directory, 'operator-key'), 'utf8')).trim();
    expect(first).toContain(key);
    expect(second).toContain('Operator key');
    expect(second).not.toContain(key);
  });
});
