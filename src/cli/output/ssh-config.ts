import type { Node } from '../../client/api.ts';
import type { Render } from './formats.ts';
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
      if (!HOST.test(Name)) warn(`${printable(Name)} cannot be a host of ssh: reach it as ${InstanceId}.`);
      yield [
        `Host ${HOST.test(Name) ? `${Name} ` : ''}${InstanceId}`,
        `  HostName ${InstanceId}`,
        `  ProxyCommand aws ssm start-session --region ${region} --target %h --document-name AWS-StartSSHSession --parameters portNumber=%p`,
        '',
      ].join('\n');
    }
  };
