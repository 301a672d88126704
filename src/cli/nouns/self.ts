import { Argument } from 'commander';
import type { DescribedCommand } from '../described.ts';
import type { InSession } from '../program.ts';
import type { Shell } from '../shell.ts';
import { VERSION } from '../version.ts';

/** What the program says of itself. */
export const selfVerbs = (program: DescribedCommand, shell: Shell, inSession: InSession): void => {
  program
    .command('config')
    .description('how this program is set up')
    .command('show')
    .description('show each setting and where its value stands')
    .example('ssm-activation config show', 'Which API, which key, which profile, and why')
    .action(() =>
      inSession(async (session) => (await import('../commands/config.ts')).showConfigCommand(session)),
    );

  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh']))
    .example(
      'ssm-activation completion bash > ~/.local/share/bash-completion/completions/ssm-activation',
      'For bash',
    )
    .example('ssm-activation completion zsh > ~/.zfunc/_ssm-activation', 'For zsh, with ~/.zfunc in fpath')
    .action(async (name: 'bash' | 'zsh') => {
      const { completionScript } = await import('../completion.ts');
      shell.stdout.write(completionScript(program, name));
    });

  program
    .command('version')
    .description('print the version')
    .example('ssm-activation version', 'Which version is this')
    .action(() => {
      shell.stdout.write(`${VERSION}\n`);
    });
};
