import type { Node } from '../../client/api.ts';
import { printableJson } from '../../printable-json.ts';
import type { Render } from './formats.ts';
import { otherMeaning } from './host-names.ts';
import { isManaged } from './managed-node.ts';
import { printable } from './printable.ts';

/** Groups that every inventory has. */
const ANSIBLES_OWN: ReadonlySet<string> = new Set(['all', 'ungrouped']);
const GROUP_PREFIX = 'tag_';

/**
 * Letters, digits and underscores are what Ansible takes for the name of a group. Any other character, the underscore
 * itself among them, is written as `__2d_`, its code point: a key and a value meet at a single underscore, so that no
 * two tags share a group. Otherwise a machine could tag itself into the group of another tag.
 */
const groupOf = (key: string, value: string): string =>
  [GROUP_PREFIX + escaped(key), ...(value === '' ? [] : [escaped(value)])].join('_');

const escaped = (text: string): string =>
  text.replace(/[^\p{L}\p{N}]/gu, (character) => `__${character.codePointAt(0)?.toString(16)}_`);

/** A host that has the name of a group is meant by whoever means the group. */
const whyNoHost = (name: string): string | undefined =>
  ANSIBLES_OWN.has(name.toLowerCase()) || name.startsWith(GROUP_PREFIX)
    ? 'is the name of a group'
    : otherMeaning(name);

/**
 * What an inventory script prints for `--list`: hosts by name, reached through Session Manager, in a group for each of
 * their tags (https://docs.ansible.com/ansible/latest/dev_guide/developing_inventory.html).
 */
export const ansible = (region: string, warn: (message: string) => void): Render<Node> =>
  async function* (nodes) {
    const hostvars = new Map<string, object>();
    const groups = new Map<string, string[]>();
    for await (const node of nodes) {
      if (!isManaged(node)) continue;
      const why = whyNoHost(node.Name);
      if (why) warn(`${printable(node.Name)} ${why}: it is listed as ${node.InstanceId}.`);
      const host = why ? node.InstanceId : node.Name;
      hostvars.set(host, {
        ansible_connection: 'community.aws.aws_ssm',
        ansible_aws_ssm_instance_id: node.InstanceId,
        ansible_aws_ssm_region: region,
        ssm_ping_status: node.PingStatus,
        ssm_tags: node.Tags,
      });
      for (const [key, value] of Object.entries(node.Tags)) {
        const group = groupOf(key, value);
        groups.set(group, [...(groups.get(group) ?? []), host]);
      }
    }
    const inventory = {
      _meta: { hostvars: Object.fromEntries(hostvars) },
      all: { hosts: [...hostvars.keys()], children: [...groups.keys()] },
      ...Object.fromEntries([...groups].map(([group, hosts]) => [group, { hosts }])),
    };
    yield `${printableJson(inventory, 2)}\n`;
  };
