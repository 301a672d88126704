import type { CreateTokenOptions } from '../commands/tokens.ts';
import { collected, type DescribedCommand } from '../described.ts';
import { Failure } from '../failure.ts';
import type { InSession } from '../program.ts';

/** The whole token is a secret, that an address or an error must not hold. @throws Failure */
const tokenId = (given: string): string => {
  if (/^[a-z0-9]{12}$/.test(given)) return given;
  throw new Failure('usage', 'That is not the id of a token: it is the 12 characters after ssmj_.', [
    'See what there is: ssm-activation tokens list',
  ]);
};

export const tokensNoun = (program: DescribedCommand, inSession: InSession): void => {
  const tokens = program.command('tokens').description('join tokens, for machines that have no other proof');

  tokens
    .command('create')
    .description('make one; its secret is shown this once')
    .argument('<name-pattern>', 'the names it lets in; * stands for any characters')
    .option('--max-names <count>', 'how many names it lets in', '1')
    .option('--expires <when>', 'a duration from now (24h, 7d) or a time', '24h')
    .option('--tag <key=value>', 'a tag that its nodes get; may be repeated', collected, [])
    .option('--cidr <block>', 'addresses it may be used from; may be repeated', collected, [])
    .option('--rejoin', 'let a silent machine register again with it')
    .option('--description <text>', 'what it is for')
    .example(
      "ssm-activation tokens create 'db-*' --max-names 10 --expires 7d --tag Role=database",
      'For ten database servers, for a week',
    )
    .example(
      "ssm-activation tokens create 'db-*' -o json | jq -r .Token > join-token",
      'Into a file, for user data',
    )
    .action((pattern: string, options: CreateTokenOptions) =>
      inSession(async (session) =>
        (await import('../commands/tokens.ts')).createTokenCommand(session, pattern, options),
      ),
    );

  tokens
    .command('list')
    .description('list them, without their secrets, which nothing keeps')
    .example('ssm-activation tokens list', 'Which tokens are there, and how much of each is used')
    .action(() =>
      inSession(async (session) => (await import('../commands/tokens.ts')).listTokensCommand(session)),
    );

  tokens
    .command('revoke')
    .description('end one at once; nodes that it let in stay')
    .argument('<token-id>', 'the 12 characters after ssmj_', tokenId)
    .example('ssm-activation tokens revoke abcdefghijkl', 'When a token may be known to others')
    .action((id: string) =>
      inSession(async (session) => (await import('../commands/tokens.ts')).revokeTokenCommand(session, id)),
    );
};
