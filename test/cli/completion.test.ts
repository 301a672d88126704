import { execFile, execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../process/server-process.ts';
import { runCli } from './command-line.ts';
import { isInstalled } from './installed.ts';

/** What bash offers for the last of the words. */
const complete = async (...words: string[]): Promise<string[]> => {
  const { stdout } = await runCli(['completion', 'bash']);
  const quoted = ['ssm-activation', ...words].map((word) => `'${word}'`).join(' ');
  const script = `${stdout}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _ssm_activation; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\n').filter(Boolean);
};

test('bash completes nouns, verbs, options and values', async () => {
  expect(await complete('no')).toEqual(['nodes']);
  expect(await complete('nodes', 'sh')).toEqual(['show']);
  expect(await complete('nodes', '-o', 'csv', 're')).toEqual(['release', 'remove']);
  expect(await complete('nodes', 'list', '--pre')).toEqual(['--prefix']);
  expect(await complete('nodes', 'list', '-o', 'ss')).toEqual(['ssh-config']);
  expect(await complete('nodes', 'list', '--status', 'Re')).toEqual(['Registered', 'Released', 'Revoked']);
  expect(await complete('completion', 'z')).toEqual(['zsh']);
});

test('bash leaves a value that may be anything to its own completion of files', async () => {
  expect(await complete('nodes', 'list', '--tag', '')).toEqual([]);
  expect(await complete('--operator-key-file', '')).toEqual([]);
});

/** Types into an interactive zsh, whose pseudo-terminal is zsh's own; a line that is not completed holds it for ever. */
const ZSH_SESSION = `
zmodload zsh/zpty
zpty session zsh -d -i
zpty -r session seen '*READY*' || exit 1
typing() {
  zpty -w -n session "$1"
  zpty -r session seen "$2" || exit 1
  zpty -w -n session $'\\C-u'
}
typing $'ssm-activation no\\t' '*nodes *'
typing $'ssm-activation nodes sh\\t' '*nodes show *'
typing $'ssm-activation nodes list --pre\\t' '*--prefix *'
typing $'ssm-activation nodes list -o ss\\t' '*ssh-config *'
typing $'ssm-activation nodes list --status Re\\t\\t' '*Registered*Released*Revoked*'
typing $'ssm-activation policy check poli\\t' '*policy.json *'
echo completed
`;

test.skipIf(!isInstalled('zsh'))('zsh completes them, from a file in fpath, at the first key', async () => {
  const home = await temporaryDirectory();
  await writeFile(join(home, '_ssm-activation'), (await runCli(['completion', 'zsh'])).stdout);
  await writeFile(
    join(home, '.zshrc'),
    `fpath=('${home}' $fpath); autoload -U compinit; compinit -u -D; PS1=READY`,
  );
  await writeFile(join(home, 'policy.json'), '');

  const { stdout } = await promisify(execFile)('zsh', ['-f', '-c', ZSH_SESSION], {
    cwd: home,
    env: { PATH: process.env['PATH'], ZDOTDIR: home, HOME: home, TERM: 'dumb' },
    timeout: 30_000,
  });

  expect(stdout).toBe('completed\n');
});
