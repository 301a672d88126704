import * as z from 'zod';
import type { Records } from './collection.ts';
import { AwsError } from './errors.ts';
import { registrationOf } from './lag.ts';
import { controlPlaneOperation } from './operation.ts';
import type { ManagedNode, Tag } from './records.ts';
import type { Service } from './service.ts';
import { managedNodeIdPattern, tagKey, tagList } from './shapes.ts';

const maxTags = 50;

/** The old tags with the new ones over them. Throws for a reserved key or more than 50 tags. */
export function mergeTags(old: readonly Tag[], added: readonly Tag[]): Tag[] {
  if (added.some(({ Key }) => /^aws:/i.test(Key)))
    throw new AwsError('ValidationException', "Tag keys that start with 'aws:' are reserved for system use.");
  const merged = [...new Map([...old, ...added].map((tag) => [tag.Key, tag])).values()];
  if (merged.length > maxTags) throw new AwsError('TooManyTagsError');
  return merged;
}

const resource = {
  ResourceType: z.enum([
    'Document',
    'ManagedInstance',
    'MaintenanceWindow',
    'Parameter',
    'PatchBaseline',
    'OpsItem',
    'OpsMetadata',
    'Automation',
    'Association',
  ]),
  ResourceId: z.string(),
};

function taggedNode(
  nodes: Records<ManagedNode>,
  { ResourceType: type, ResourceId: id }: z.infer<z.ZodObject<typeof resource>>,
): ManagedNode {
  if (type !== 'ManagedInstance') throw new AwsError('InvalidResourceType');
  if (!managedNodeIdPattern.test(id))
    throw new AwsError('ValidationException', `'${id}' is not the id of a managed instance (mi-...).`);
  const [node] = nodes.withIds([id]);
  if (!node) throw new AwsError('InvalidResourceId');
  return node;
}

function nodeToTag({ state, knowsOf }: Service, input: z.infer<z.ZodObject<typeof resource>>): ManagedNode {
  const node = taggedNode(state.nodes, input);
  if (!knowsOf(registrationOf(node))) throw new AwsError('InvalidResourceId');
  return node;
}

export const addTagsToResource = controlPlaneOperation(
  z.object({ ...resource, Tags: tagList }),
  async (service, input) => {
    const node = nodeToTag(service, input);
    await service.state.nodes.put({ ...node, tags: mergeTags(node.tags, input.Tags) });
    return {};
  },
);

export const removeTagsFromResource = controlPlaneOperation(
  z.object({ ...resource, TagKeys: z.array(tagKey) }),
  async (service, input) => {
    const node = nodeToTag(service, input);
    const tags = node.tags.filter(({ Key }) => !input.TagKeys.includes(Key));
    await service.state.nodes.put({ ...node, tags });
    return {};
  },
);

export const listTagsForResource = controlPlaneOperation(z.object(resource), ({ read }, input) => ({
  TagList: taggedNode(read().nodes, input).tags,
}));
