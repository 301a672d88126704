import * as z from 'zod';
import type { NamedNode } from '../activation/find-nodes.ts';
import { ActivationId, ManagedNodeId } from '../activation/identifiers.ts';
import { StoredName } from '../activation/instance-name.ts';
import { PING_STATUSES } from '../activation/managed-node.ts';
import { ProofKind } from '../activation/principal.ts';
import { NameStatus } from '../activation/record.ts';
import { machineOnItsWay, wantedTags } from '../activation/tag-changes.ts';
import { StoredTagKey, TagKeysQuery, TagsBody, TagValue } from '../activation/tags.ts';
import { Limit, NodesCursor } from './cursor.ts';
import { timestamp } from './timestamp.ts';

const TagFilter = z
  .string()
  .regex(/^[^=]+=/, 'must be K=V')
  .transform((text) => ({ key: text.slice(0, text.indexOf('=')), value: text.slice(text.indexOf('=') + 1) }))
  .pipe(z.object({ key: StoredTagKey, value: TagValue }));

export const NodesQuery = z
  .strictObject({
    name: StoredName.optional(),
    prefix: z.string().max(256).optional(),
    instanceId: ManagedNodeId.optional(),
    status: NameStatus.optional(),
    tag: TagFilter.optional(),
    limit: Limit,
    cursor: NodesCursor.query.optional(),
  })
  // DynamoDB refuses to begin a query outside of what it asks for.
  .refine(({ prefix = '', cursor }) => cursor === undefined || cursor.startsWith(prefix), {
    path: ['cursor'],
    message: 'is of a listing by another prefix',
  });

/**
 * The ends of the routes below a node's own. Where `%2F` is read as a slash before IAM looks, `DELETE /nodes/x%2Ftags` is
 * allowed to everyone who may remove tags, and would remove the machine `x/tags`.
 */
const LONGER_ROUTE = /\/(?:tags|release)$/;

export const NodePath = z.strictObject({
  id: z
    .string()
    .min(1)
    .max(256)
    .refine((id) => !LONGER_ROUTE.test(id), 'ends like a longer route: use the mi- id of the node'),
});

export const TagsChange = z.strictObject({ tags: TagsBody });
export const TagKeys = z.strictObject({ keys: TagKeysQuery });

/** Field names are AWS's own (DescribeInstanceInformation), and the ledger's beside them. */
export const NodeAnswer = z
  .object({
    Name: StoredName,
    InstanceId: ManagedNodeId.optional(),
    Status: NameStatus,
    Settling: z.object({ InstanceId: ManagedNodeId, Until: z.iso.datetime() }).optional().meta({
      description:
        'A machine that registered and is not the node of the name yet: what came before it may not be known until then.',
    }),
    PingStatus: z.enum(PING_STATUSES).optional(),
    LastPingDateTime: z.iso.datetime().optional(),
    AgentVersion: z.string().optional(),
    IPAddress: z.string().optional().meta({ description: 'As the agent reports it.' }),
    ActivationId: ActivationId.optional(),
    RegistrationDate: z.iso.datetime().optional(),
    ExpirationDate: z.iso.datetime().optional(),
    Tags: z.record(z.string(), z.string()),
    Identity: z.object({ Proof: ProofKind, Subject: z.string() }).optional(),
  })
  .meta({
    id: 'Node',
    examples: [
      {
        Name: 'web-1',
        InstanceId: 'mi-0123456789abcdef0',
        Status: 'Registered',
        PingStatus: 'Online',
        LastPingDateTime: '2026-11-21T10:05:00Z',
        AgentVersion: '3.3.0.0',
        IPAddress: '10.20.0.11',
        ActivationId: '47ec4069-20cc-4709-85a2-895ac895e2fd',
        RegistrationDate: '2026-11-21T10:00:00Z',
        Tags: { Environment: 'Prod' },
        Identity: { Proof: 'instance-identity', Subject: 'i-0123456789abcdef0' },
      },
    ],
  });

export const NodesAnswer = z
  .object({
    Nodes: z.array(NodeAnswer),
    NextCursor: z.string().optional(),
    Warning: z.string().optional().meta({ description: 'Says what is missing from the answer and why.' }),
  })
  .meta({ id: 'Nodes' });

export const nodeAnswer = ({ record, status, live }: NamedNode): z.infer<typeof NodeAnswer> => {
  const { node, activation, newcomer } = record;
  const holder = node ?? machineOnItsWay(record);
  return {
    Name: record.name,
    InstanceId: node?.id,
    Status: status,
    Settling: newcomer && { InstanceId: newcomer.id, Until: timestamp(newcomer.settlesAt) },
    PingStatus: live?.pingStatus,
    LastPingDateTime: live?.lastPingAt && timestamp(live.lastPingAt),
    AgentVersion: live?.agentVersion,
    IPAddress: live?.ipAddress,
    ActivationId: activation?.id ?? node?.activationId,
    RegistrationDate: node && timestamp(node.registeredAt),
    ExpirationDate: activation && timestamp(activation.expiresAt),
    Tags: { ...wantedTags(record) },
    Identity: holder && { Proof: holder.principal.proof, Subject: holder.principal.subject },
  };
};
