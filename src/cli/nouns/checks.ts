import type { CheckIdentityOptions } from '../commands/identity.ts';
import { collected, type DescribedCommand } from '../described.ts';
import type { InSession } from '../program.ts';

/** The dry runs: of a machine's proof, and of a policy file. */
export const checkNouns = (program: DescribedCommand, inSession: InSession): void => {
  program
    .command('identity')
    .description('why a machine is let in, or is not')
    .command('check')
    .description('would this proof, name and tags be accepted, and if not, which check fails')
    .option('--instance-identity <file>', 'the rsa2048 form of an EC2 identity document, - for stdin')
    .option('--bearer <file>', 'a file with a join token or an OpenID Connect token, - for stdin')
    .option('--source-ip <address>', 'the address to suppose; your own otherwise')
    .option('--name <name>', 'the name to ask for')
    .option('--tag <key=value>', 'a tag to ask for; may be repeated', collected, [])
    .option('--at <when>', 'the time to suppose: a duration ago (2h) or a time')
    .example('ssm-activation identity check --name web-9 --source-ip 127.0.0.1', 'By its address alone')
    .example(
      'ssm-activation identity check --bearer - --name db-1 < join-token',
      'With a join token, never as an argument',
    )
    .action((options: CheckIdentityOptions) =>
      inSession(async (session) =>
        (await import('../commands/identity.ts')).checkIdentityCommand(session, options),
      ),
    );

  program
    .command('policy')
    .description('who is let in')
    .command('check')
    .description('check a policy file, and show whom it lets in')
    .argument('[file]', 'the policy, - for stdin; by default POLICY_FILE')
    .example('ssm-activation policy check policy.json', 'Before deploying it')
    .action((file: string | undefined) =>
      inSession(async (session) => (await import('../commands/policy.ts')).checkPolicyCommand(session, file)),
    );
};
