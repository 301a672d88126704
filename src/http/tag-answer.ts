import * as z from 'zod';
import { ManagedNodeId } from '../activation/identifiers.ts';
import { type InstanceName, StoredName } from '../activation/instance-name.ts';
import type { TagOutcome } from '../activation/set-tags.ts';

const TagSet = z.record(z.string(), z.string());

const Tagged = z
  .lazy(() => z.object({ InstanceId: ManagedNodeId, Name: StoredName, Tags: TagSet }))
  .meta({ id: 'Tagged' });
const TagsPending = z
  .lazy(() => z.object({ Status: z.literal('Pending'), Name: StoredName, Tags: TagSet }))
  .meta({ id: 'TagsPending' });

/** 200 when the tags are on the node, 202 while they are kept for it. */
export const TAG_ANSWERS = { 200: Tagged, 202: TagsPending };

type TagAnswer =
  | { status: 200; body: z.infer<typeof Tagged> }
  | { status: 202; body: z.infer<typeof TagsPending> };

export const tagAnswer = (name: InstanceName, outcome: TagOutcome): TagAnswer =>
  outcome.kind === 'applied'
    ? { status: 200, body: { InstanceId: outcome.node.id, Name: name, Tags: outcome.node.tags } }
    : { status: 202, body: { Status: 'Pending', Name: name, Tags: { ...outcome.tags } } };
