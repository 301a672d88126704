import type { FollowEventsOptions, ListEventsOptions } from '../commands/events.ts';
import type { DescribedCommand } from '../described.ts';
import type { InSession } from '../program.ts';

export const eventsNoun = (program: DescribedCommand, inSession: InSession): void => {
  const events = program.command('events').description('what happened, refusals and their reasons included');

  events
    .command('list')
    .description('list them, the newest first')
    .option('--name <name>', 'of one name')
    .option('--since <when>', 'a duration ago (2h, 7d) or a time')
    .option('--limit <count>', 'that many at most')
    .example('ssm-activation events list --name web-1', 'Why was this machine refused')
    .example(
      'ssm-activation events list --since 24h -o ndjson',
      'A day of the audit trail, for another program',
    )
    .action((options: ListEventsOptions) =>
      inSession(async (session) =>
        (await import('../commands/events.ts')).listEventsCommand(session, options),
      ),
    );

  events
    .command('follow')
    .description('show the last few, and new ones as they come')
    .option('--name <name>', 'of one name')
    .option('--interval <seconds>', 'how often to look', '2')
    .example('ssm-activation events follow', 'Watch machines boot')
    .action((options: FollowEventsOptions) =>
      inSession(async (session) =>
        (await import('../commands/events.ts')).followEventsCommand(session, options),
      ),
    );
};
