import { type Command, Option } from 'commander';
import type { DescribedCommand } from '../described.ts';
import type { InSession } from '../program.ts';
import type { ServerOptions } from '../server-config.ts';
import type { Shell } from '../shell.ts';

/** The commands that are the service itself, and not a client of it. */
export const serviceVerbs = (program: DescribedCommand, shell: Shell, inSession: InSession): void => {
  const serverOptions = <C extends Command>(command: C): C =>
    command
      .addOption(
        new Option('--backend <backend>', 'BACKEND: an embedded AWS, or AWS').choices(['local', 'aws']),
      )
      .option('--data-dir <directory>', 'DATA_DIR: local state')
      .option('--policy-file <file>', 'POLICY_FILE: who is let in')
      .option('--local-aws-port <port>', 'LOCAL_AWS_PORT: where the embedded AWS listens');

  serverOptions(program.command('serve'))
    .description('run the service; its other settings are variables of the environment')
    .option('--host <address>', 'HOST: where to listen')
    .option('--port <port>', 'PORT: 0 takes a free one and prints it')
    .example('ssm-activation serve', 'Locally, with an embedded AWS')
    .example('ssm-activation serve --backend aws --policy-file policy.json', 'On AWS, as a plain server')
    .action(async (options: ServerOptions) =>
      (await import('../commands/serve.ts')).serveCommand(shell, options),
    );

  serverOptions(program.command('reconcile'))
    .description(
      'compare the ledger with Systems Manager, and rebuild what it can; not beside a local server',
    )
    .example('ssm-activation reconcile --backend aws', 'After the ledger was lost, or to adopt nodes')
    .action((options: ServerOptions) =>
      inSession(async (session) =>
        (await import('../commands/reconcile.ts')).reconcileCommand(session, options),
      ),
    );
};
