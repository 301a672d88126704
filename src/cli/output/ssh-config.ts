import type { Node } from '../../client/api.ts';
import type { Render } from './formats.ts';
import { otherMeaning } from './host-names.ts';
import { isManaged } from './managed-node.ts';
import { printable } from './printable.ts';

/** What ssh takes as a host on its command line and as a word in its configuration, patterns aside (ssh_config(5)). */
const HOST = /^[\p{L}\p{N}_][\p{L}\p{N}_.:+=-]*$/u;

/** `ssh NAME` and `ssh mi-...`, through Session Manager. */
export const sshConfig = (region: string, warn: (message: string) => void): Render<Node> =>
  async function* (nodes) {
    for await (const node of nodes) {
      if (!isManaged(node)) continue;
      const { Name, InstanceId } = node;
      const why = HOST.test(Name) ? otherMeaning(Name) : 'cannot be a host of ssh';
      if (why) warn(`${printable(Name)} ${why}: reach it as ${InstanceId}.`);
      yield [
        `Host ${why ? '' : `${Name} `}${InstanceId}`,
        `  HostName ${InstanceId}`,
        `  ProxyCommand aws ssm start-session --region ${region} --target %h --document-name AWS-StartSSHSession --parameters portNumber=%p`,
        '',
      ].join('\n');
    }
  };
