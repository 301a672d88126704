import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { activate, bootMachine } from '../http/api.ts';
import { startCli } from './command-line.ts';

const EMPTY = { XDG_CONFIG_HOME: '/nonexistent', HOME: '/nonexistent' };

/** Runs a command until its `writes`-th write to stdout. */
const runUntil = async (words: string, environment: NodeJS.ProcessEnv, writes: number): Promise<string[]> => {
  const drawn: string[] = [];
  await run(words.split(' '), {
    stdin: Readable.from([]),
    stdout: {
      isTTY: true,
      columns: 40,
      rows: 8,
      once: () => {},
      write: (text) => {
        drawn.push(text);
        if (drawn.length === writes) throw new Error('enough is seen');
        return true;
      },
    },
    stderr: { once: () => {}, write: () => true },
    environment: { ...EMPTY, ...environment },
    now: () => new Date(),
  });
  return drawn;
};

describe('on a terminal', () => {
  test('a watch draws the table anew, no wider than the terminal', async () => {
    const { api, environment } = await startCli();
    await activate(api, { name: 'web-1', tags: 'Environment=Production,Role=web' });

    const drawn = await runUntil('nodes list --watch --interval 0.01', { ...environment, NO_COLOR: '1' }, 2);

    expect(drawn).toHaveLength(2);
    for (const screen of drawn) {
      expect(screen.startsWith('\u001b[H\u001b[J')).toBe(true);
      const [, , header = '', row = ''] = screen.split('\n');
      expect(header).toMatch(/^NAME /);
      expect(row).toMatch(/^web-1 .*Issued/);
      expect(Math.max(header.length, row.length)).toBeLessThanOrEqual(40);
    }
  });

  test('a watch keeps to one screen, and says how much there is below it', async () => {
    const { api, environment } = await startCli();
    for (const number of [1, 2, 3, 4]) await activate(api, { name: `web-${number}` });

    const [screen = ''] = await runUntil('nodes list --watch', { ...environment, NO_COLOR: '1' }, 1);

    const [, , ...table] = screen.split('\n');
    expect(table.map((line) => line.split(' ')[0])).toEqual(['NAME', 'web-1', 'web-2', 'and', '']);
    expect(screen).toMatch(/\nand 2 more\n$/);
  });

  test('a table keeps names and ids whole, and says which columns it has no room for', async () => {
    const { api, cli } = await startCli();
    const { instanceId } = await bootMachine(api, 'web-1', 'Role=web');

    const { code, stdout, stderr } = await cli('nodes list', { columns: 51, environment: { NO_COLOR: '1' } });

    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `NAME   INSTANCE ID           STATUS      PING STAT…\nweb-1  ${instanceId}  Registered  Online\n`,
    });
    expect(stderr).toBe(
      'No room for LAST PING DATE TIME, IDENTITY, TAGS: widen the terminal, or ask for all with -o yaml.\n',
    );
  });

  test('a table is whole where the terminal does not tell its width', async () => {
    const { api, cli } = await startCli();
    await activate(api, { name: 'web-1', tags: 'Environment=Production,Role=web' });

    const { stdout } = await cli('nodes list', { columns: 0, environment: { NO_COLOR: '1' } });

    expect(stdout).toContain('Environment=Production,Role=web');
  });

  test('a long list that goes elsewhere is counted, and the count is gone at the end', async () => {
    const { api, environment } = await startCli();
    await Promise.all(Array.from({ length: 101 }, (_, index) => activate(api, { name: `web-${index}` })));
    const told: string[] = [];
    const lines: string[] = [];

    await run(['nodes', 'list', '-o', 'ndjson'], {
      stdin: Readable.from([]),
      stdout: { once: () => {}, write: (text) => lines.push(text) > 0 },
      stderr: { isTTY: true, once: () => {}, write: (text) => told.push(text) > 0 },
      environment: { ...EMPTY, ...environment },
      now: () => new Date(),
    });

    expect({ lines: lines.length, told }).toEqual({
      lines: 101,
      told: ['\r100 so far', '\r101 so far', '\r\u001b[K'],
    });
  });
});

describe('nodes remove', () => {
  const startNode = async () => {
    const { api, cli } = await startCli();
    const { instanceId } = await bootMachine(api, 'web-1');
    const status = async () => JSON.parse((await cli('nodes show web-1 -o json')).stdout).Status;
    return { cli, instanceId, status };
  };

  test.each(['', 'n\n', 'web-1\n'])('asks on a terminal, and does nothing after %j', async (stdin) => {
    const { cli, instanceId, status } = await startNode();

    const { code, stdout, stderr } = await cli('nodes remove web-1', { stdin, columns: 80 });

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`Remove web-1 (${instanceId}, Online)? [y/N] `);
    expect(stderr).toContain('error: Nothing was removed.');
    expect(await status()).toBe('Registered');
  });

  test.each([
    ['y', 'nodes remove web-1', { stdin: 'y\n', columns: 80 }],
    ['--yes', 'nodes remove web-1 --yes', { columns: 80 }],
    ['no terminal to ask on', 'nodes remove web-1', {}],
  ])('removes after %s', async (_what, words, surroundings) => {
    const { cli, status } = await startNode();

    expect(await cli(words, surroundings)).toMatchObject({ code: 0 });
    expect(await status()).toBe('Deregistered');
  });

  test('of a name that is not there is refused before it asks', async () => {
    const { cli } = await startCli();

    expect(await cli('nodes remove nobody', { stdin: 'y\n', columns: 80 })).toMatchObject({
      code: 4,
      stderr: expect.not.stringContaining('[y/N]'),
    });
  });
});
