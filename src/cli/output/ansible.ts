import type { Node } from '../../client/api.ts';
import type { Render } from './formats.ts';
import { isManaged } from './managed-node.ts';

/** Letters, digits and underscores are what Ansible takes for the name of a group. */
const groupOf = (key: string, value: string): string =>
  `tag_${key}${value && `_${value}`}`.replace(/[^\p{L}\p{N}_]/gu, '_');

/**
 * What an inventory script prints for `--list`: hosts by name, reached through Session Manager, in a group for each of
 * their tags (https://docs.ansible.com/ansible/latest/dev_guide/developing_inventory.html).
 */
export const ansible = (region: string): Render<Node> =>
  async function* (nodes) {
    const hostvars = new Map<string, object>();
    const groups = new Map<string, { hosts: string[] }>();
    for await (const node of nodes) {
      if (!isManaged(node)) continue;
      hostvars.set(node.Name, {
        ansible_connection: 'community.aws.aws_ssm',
        ansible_aws_ssm_instance_id: node.InstanceId,
        ansible_aws_ssm_region: region,
        ssm_ping_status: node.PingStatus,
        ssm_tags: node.Tags,
      });
      for (const group of new Set(Object.entries(node.Tags).map(([key, value]) => groupOf(key, value)))) {
        const { hosts } = groups.get(group) ?? { hosts: [] };
        hosts.push(node.Name);
        groups.set(group, { hosts });
      }
    }
    const inventory = {
      _meta: { hostvars: Object.fromEntries(hostvars) },
      all: { hosts: [...hostvars.keys()], children: [...groups.keys()] },
      ...Object.fromEntries(groups),
    };
    yield `${JSON.stringify(inventory, undefined, 2)}\n`;
  };
