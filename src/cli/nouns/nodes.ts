import { InvalidArgumentError, Option } from 'commander';
import type { ListNodesOptions } from '../commands/list-nodes.ts';
import type { RemoveNodeOptions } from '../commands/remove-node.ts';
import type { DescribedCommand } from '../described.ts';
import type { InSession } from '../program.ts';

const STATUSES = ['Issued', 'Registered', 'Released', 'Expired', 'Revoked', 'Deregistered'];
const NODE = 'a name, or the id of its node (mi-...)';

/** An address takes dots to be steps in its path. @throws InvalidArgumentError */
const node = (given: string): string => {
  if (!['', '.', '..'].includes(given)) return given;
  throw new InvalidArgumentError('Such a name cannot be asked for: give the id of the node.');
};

export const nodesNoun = (program: DescribedCommand, inSession: InSession): void => {
  const nodes = program.command('nodes').description('which node is which machine');

  nodes
    .command('list')
    .description('list them, with their live ping status')
    .option('--prefix <prefix>', 'names that begin so')
    .option('--tag <key=value>', 'nodes that have this tag')
    .addOption(new Option('--status <status>', 'where the name stands').choices(STATUSES))
    .option('--limit <count>', 'that many at most')
    .option('-w, --watch', 'draw the table anew as it changes; when it is piped, write what changes')
    .option('--interval <seconds>', 'how often to look', '2')
    .example('ssm-activation nodes list --prefix web-', 'Which node is which web server')
    .example('ssm-activation nodes list --tag Environment=Prod -o csv > nodes.csv', 'For a spreadsheet')
    .example(
      'ssm-activation nodes list -o ssh-config > ~/.ssh/managed-nodes',
      'ssh by name (Include it in ~/.ssh/config)',
    )
    .example('ssm-activation nodes list -o ansible', 'What an Ansible inventory script prints')
    .action((options: ListNodesOptions) =>
      inSession(async (session) =>
        (await import('../commands/list-nodes.ts')).listNodesCommand(session, options),
      ),
    );

  nodes
    .command('show')
    .description('show one of them')
    .argument('<node>', `${NODE}, or the beginning of a name that begins no other`, node)
    .example('ssm-activation nodes show web-1', 'Which node is this host, and who let it in')
    .action((id: string) =>
      inSession(async (session) => (await import('../commands/nodes.ts')).showNode(session, id)),
    );

  nodes
    .command('tag')
    .description('set tags on a node')
    .argument('<node>', NODE, node)
    .argument('<key=value...>', 'tags; a bare key has an empty value')
    .example('ssm-activation nodes tag web-1 Environment=Prod Role=web', 'Set two tags')
    .action((id: string, tags: readonly string[]) =>
      inSession(async (session) => (await import('../commands/nodes.ts')).tagNodeCommand(session, id, tags)),
    );

  nodes
    .command('untag')
    .description('remove tags from a node')
    .argument('<node>', NODE, node)
    .argument('<key...>', 'the keys of the tags')
    .example('ssm-activation nodes untag web-1 Role', 'Remove a tag')
    .action((id: string, keys: readonly string[]) =>
      inSession(async (session) =>
        (await import('../commands/nodes.ts')).untagNodeCommand(session, id, keys),
      ),
    );

  nodes
    .command('release')
    .description('let a name activate once more, although its node has been online')
    .argument('<node>', NODE, node)
    .example('ssm-activation nodes release web-1', 'Before reinstalling a machine')
    .action((id: string) =>
      inSession(async (session) => (await import('../commands/nodes.ts')).releaseNodeCommand(session, id)),
    );

  nodes
    .command('remove')
    .description('deregister a node and revoke its live activation; the name is free')
    .argument('<node>', NODE, node)
    .option('-y, --yes', 'do not ask; without a terminal nothing is asked')
    .example('ssm-activation nodes remove web-1', 'When the machine is gone')
    .action((id: string, options: RemoveNodeOptions) =>
      inSession(async (session) =>
        (await import('../commands/remove-node.ts')).removeNodeCommand(session, id, options),
      ),
    );
};
