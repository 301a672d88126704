import { isIP } from 'node:net';
import type { Node } from '../../client/api.ts';
import type { Render } from './formats.ts';
import { isManaged } from './managed-node.ts';
import { printable } from './printable.ts';

/** Letters, digits, hyphens and dots, as hosts(5) has it, and underscores, which resolvers take. */
const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** Lines for /etc/hosts: the address that the agent reports, the name, the node's id. */
export const hosts = (warn: (message: string) => void): Render<Node> =>
  async function* (nodes) {
    for await (const node of nodes) {
      if (!isManaged(node)) continue;
      const { Name, InstanceId, IPAddress = '' } = node;
      if (isIP(IPAddress) === 0) {
        warn(`${printable(Name)} is left out: Systems Manager does not know its address.`);
        continue;
      }
      if (!HOST.test(Name)) warn(`${printable(Name)} cannot be a host name: it is listed as ${InstanceId}.`);
      yield `${IPAddress}\t${HOST.test(Name) ? `${Name} ` : ''}${InstanceId}\n`;
    }
  };
