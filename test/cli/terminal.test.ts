import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { activate } from '../http/api.ts';
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
