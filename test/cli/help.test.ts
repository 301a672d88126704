import { describe, expect, test } from 'vitest';
import { documentedProgram, leavesOf } from '../../tools/cli-docs.ts';
import { runCli } from './command-line.ts';

describe('help', () => {
  test('of every command leads with an example of it', async () => {
    for (const command of leavesOf(documentedProgram())) {
      const words = [command.parent?.parent ? command.parent.name() : '', command.name()].filter(Boolean);

      const { code, stdout, stderr } = await runCli([...words, '--help']);

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(new RegExp(`^ {2}# .+\\n {2}ssm-activation ${words.join(' ')}\\b`));
    }
  });
});

describe('colours', () => {
  test('are for terminals that want them', async () => {
    const { stdout: colorful } = await runCli(['config', 'show'], { columns: 200 });
    const { stdout: plain } = await runCli(['config', 'show'], {
      columns: 200,
      environment: { NO_COLOR: '1' },
    });

    expect(colorful).toContain('\u001b[1m');
    expect(plain).not.toContain('\u001b');
  });
});
