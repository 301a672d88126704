import { isIP } from 'node:net';
import type { Node } from '../../client/api.ts';
import type { Render } from './formats.ts';
import { otherMeaning } from './host-names.ts';
import { isManaged } from './managed-node.ts';
import { printable } from './printable.ts';

/** Letters, digits, hyphens and dots, as hosts(5) has it, and underscores, which resolvers take. */
const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/**
 * Lines for /etc/hosts: the address that the agent reports, the name, the node's id. Resolvers do not tell capitals
 * apart: of names that differ in nothing else the first line would have the other's visitors, so none is given.
 */
export const hosts = (warn: (message: string) => void): Render<Node> =>
  async function* (nodes) {
    const managed = [];
    const spellings = new Map<string, number>();
    for await (const node of nodes) {
      if (!isManaged(node)) continue;
      managed.push(node);
      const folded = node.Name.toLowerCase();
      spellings.set(folded, (spellings.get(folded) ?? 0) + 1);
    }
    const whyNoHost = (name: string): string | undefined => {
      if ((spellings.get(name.toLowerCase()) ?? 0) > 1)
        return "differs from another's name in capitals alone";
      return HOST.test(name) ? otherMeaning(name) : 'cannot be a host name';
    };
    for (const { Name, InstanceId, IPAddress = '' } of managed) {
      if (isIP(IPAddress) === 0) {
        warn(`${printable(Name)} is left out: Systems Manager does not know its address.`);
        continue;
      }
      const why = whyNoHost(Name);
      if (why) warn(`${printable(Name)} ${why}: it is listed as ${InstanceId}.`);
      yield `${IPAddress}\t${why ? '' : `${Name} `}${InstanceId}\n`;
    }
  };
