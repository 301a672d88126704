import { execFileSync } from 'node:child_process';
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

describe('completion', () => {
  const complete = async (...words: string[]): Promise<string[]> => {
    const { stdout } = await runCli(['completion', 'bash']);
    const quoted = ['ssm-activation', ...words].map((word) => `'${word}'`).join(' ');
    const script = `${stdout}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _ssm_activation; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\n').filter(Boolean);
  };

  test('knows nouns, verbs, options and values', async () => {
    expect(await complete('no')).toEqual(['nodes']);
    expect(await complete('nodes', 'sh')).toEqual(['show']);
    expect(await complete('nodes', '-o', 'csv', 're')).toEqual(['release', 'remove']);
    expect(await complete('nodes', 'list', '--pre')).toEqual(['--prefix']);
    expect(await complete('nodes', 'list', '-o', 'ss')).toEqual(['ssh-config']);
    expect(await complete('nodes', 'list', '--status', 'Re')).toEqual(['Registered', 'Released', 'Revoked']);
    expect(await complete('completion', 'z')).toEqual(['zsh']);
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
