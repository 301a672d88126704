import * as z from 'zod';
import { instanceTerminated } from './activation/ended-machines.ts';
import { ManagedNodeId } from './activation/identifiers.ts';
import { nodesDeregistered, nodesRegistered } from './activation/node-events.ts';
import type { Ports } from './activation/ports.ts';
import type { Policy } from './policy/policy.ts';

/** AWS does not publish the shape of SSM's `detail`: the nodes are found in the event by the form of their ids. */
const nodesIn = (event: unknown): readonly ManagedNodeId[] => {
  const ids = JSON.stringify(event).match(/\bmi-[0-9a-f]{17}\b/g) ?? [];
  return [...new Set(ids)].map((id) => ManagedNodeId.parse(id));
};

const NodeEvent = z
  .looseObject({
    source: z.literal('aws.ssm'),
    'detail-type': z.enum(['SSM Managed Instance Registration', 'SSM Managed Instance Deregistration']),
  })
  .transform((event) => ({ about: event['detail-type'], nodes: nodesIn(event) }));

const InstanceTerminated = z
  .looseObject({
    source: z.literal('aws.ec2'),
    'detail-type': z.literal('EC2 Instance State-change Notification'),
    account: z.string(),
    detail: z.looseObject({ 'instance-id': z.string(), state: z.literal('terminated') }),
  })
  .transform(({ 'detail-type': about, account: accountId, detail }) => ({
    about,
    accountId,
    instanceId: detail['instance-id'],
  }));

const EventBridgeEvent = z.union([NodeEvent, InstanceTerminated]);

/** A message of SQS that carries an event of EventBridge. */
export const Message = z.looseObject({ messageId: z.string(), body: z.string() });
export type Message = z.infer<typeof Message>;

export interface MessageContext {
  readonly ports: Ports;
  readonly policy: Policy;
  readonly onError: (error: unknown) => void;
}

/**
 * Handles a batch of events, asking SSM about all of its nodes in one call. Answers the messages that are to come
 * again: what they tell may have been done in part, and doing it again changes nothing.
 */
export const handleMessages = async (
  { ports, policy, onError }: MessageContext,
  messages: readonly Message[],
  deadline: Date,
): Promise<readonly Message[]> => {
  const failed: Message[] = [];
  const attempt = async (affected: readonly Message[], work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      onError(error);
      failed.push(...affected);
    }
  };
  const read: { readonly message: Message; readonly event: z.infer<typeof EventBridgeEvent> }[] = [];
  for (const message of messages) {
    await attempt([message], async () => {
      read.push({ message, event: EventBridgeEvent.parse(JSON.parse(message.body)) });
    });
  }
  const byKind = Map.groupBy(read, ({ event }) => event.about);
  for (const [about, group] of byKind) {
    const affected = group.map(({ message }) => message);
    const nodes = group.flatMap(({ event }) => ('nodes' in event ? event.nodes : []));
    switch (about) {
      case 'SSM Managed Instance Registration':
        await attempt(affected, () => nodesRegistered(ports, nodes, deadline));
        break;
      case 'SSM Managed Instance Deregistration':
        await attempt(affected, () => nodesDeregistered(ports, nodes, deadline));
        break;
      case 'EC2 Instance State-change Notification':
        for (const { message, event } of group) {
          if ('accountId' in event && policy.nodes.deregisterTerminated) {
            await attempt([message], () => instanceTerminated(ports, event, deadline));
          }
        }
    }
  }
  return failed;
};
