import * as z from 'zod';
import { ManagedNodeId } from './activation/identifiers.ts';

/** What a message of the queue tells: an event that EventBridge matched. */
export type WorkerMessage =
  | { readonly about: 'nodes registered' | 'nodes deregistered'; readonly nodes: readonly ManagedNodeId[] }
  | { readonly about: 'instance terminated'; readonly accountId: string; readonly instanceId: string }
  /** An event that is understood, of which there is nothing to do. */
  | { readonly about: 'nothing'; readonly because: string };

const Body = z.string().transform((body): unknown => JSON.parse(body));

const NODES = {
  'SSM Managed Instance Registration': 'nodes registered',
  'SSM Managed Instance Deregistration': 'nodes deregistered',
} as const;

const NodeEvent = z.looseObject({
  source: z.literal('aws.ssm'),
  'detail-type': z.enum(['SSM Managed Instance Registration', 'SSM Managed Instance Deregistration']),
});

const InstanceEvent = z.looseObject({
  source: z.literal('aws.ec2'),
  'detail-type': z.literal('EC2 Instance State-change Notification'),
  account: z.string(),
  detail: z.looseObject({ 'instance-id': z.unknown().optional(), state: z.unknown().optional() }),
});

const EventBridgeEvent = z.discriminatedUnion('source', [NodeEvent, InstanceEvent]);

const InstanceId = z.string().regex(/^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/);

/** AWS does not publish the shape of SSM's `detail`: the nodes are found in the event by the form of their ids. */
const nodesIn = (event: unknown): readonly ManagedNodeId[] => {
  const ids = JSON.stringify(event).match(/\bmi-[0-9a-f]{17}\b/g) ?? [];
  return [...new Set(ids)].map((id) => ManagedNodeId.parse(id));
};

/** @throws SyntaxError, ZodError for a message that is not understood: it belongs into the dead-letter queue */
export const readWorkerMessage = (body: unknown): WorkerMessage => {
  const event = EventBridgeEvent.parse(Body.parse(body));
  if (event.source === 'aws.ssm') {
    const nodes = nodesIn(event);
    // SSM tells of EC2 instances in the same events; a filter by no ids would ask for all nodes there are.
    if (nodes.length === 0) return { about: 'nothing', because: 'it names no managed node' };
    return { about: NODES[event['detail-type']], nodes };
  }
  if (event.detail.state !== 'terminated') return { about: 'nothing', because: 'no instance was terminated' };
  const instanceId = InstanceId.safeParse(event.detail['instance-id']);
  return instanceId.success
    ? { about: 'instance terminated', accountId: event.account, instanceId: instanceId.data }
    : { about: 'nothing', because: 'it names no instance' };
};
