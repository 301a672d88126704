import * as z from 'zod';
import { instanceTerminated } from './activation/ended-machines.ts';
import type { ManagedNodeId } from './activation/identifiers.ts';
import { nodesDeregistered, nodesRegistered, type UnfinishedNodes } from './activation/node-events.ts';
import type { Ports } from './activation/ports.ts';
import type { Policy } from './policy/policy.ts';
import { readWorkerMessage } from './worker-message.ts';

/** A message of SQS; its body is judged for each message by itself. */
export const Message = z.looseObject({ messageId: z.string(), body: z.unknown().optional() });
export type Message = z.infer<typeof Message>;

export interface MessageContext {
  readonly ports: Ports;
  readonly policy: Policy;
  readonly onError: (error: unknown) => void;
}

export interface HandledMessages {
  /** They are to come again: what they tell may have been done in part, and doing it again changes nothing. */
  readonly failed: readonly Message[];
  /** There was nothing to do, and why. */
  readonly passedOver: readonly { readonly message: Message; readonly because: string }[];
}

/**
 * Handles a batch of events. SSM is asked about all of the nodes of a kind in one call, and yet each message is judged by
 * its own work: one that fails makes no other come again.
 */
export const handleMessages = async (
  { ports, policy, onError }: MessageContext,
  messages: readonly Message[],
): Promise<HandledMessages> => {
  const failed: Message[] = [];
  const passedOver: { message: Message; because: string }[] = [];
  const registrations = new Map<Message, readonly ManagedNodeId[]>();
  const deregistrations = new Map<Message, readonly ManagedNodeId[]>();
  const fail = (message: Message, error: unknown): void => {
    onError(error);
    failed.push(message);
  };

  const take = async (message: Message): Promise<void> => {
    const told = readWorkerMessage(message.body);
    switch (told.about) {
      case 'nodes registered':
        registrations.set(message, told.nodes);
        break;
      case 'nodes deregistered':
        deregistrations.set(message, told.nodes);
        break;
      case 'instance terminated':
        if (policy.nodes.deregisterTerminated) await instanceTerminated(ports, told);
        break;
      case 'nothing':
        passedOver.push({ message, because: told.because });
    }
  };
  const together = async (group: ReadonlyMap<Message, readonly ManagedNodeId[]>, work: NodeWork) => {
    if (group.size === 0) return;
    const unfinished = await unfinishedBy(work, ports, [...new Set([...group.values()].flat())]);
    for (const [message, nodes] of group) {
      const node = nodes.find((id) => unfinished.has(id));
      if (node !== undefined) fail(message, unfinished.get(node));
    }
  };

  for (const message of messages) await take(message).catch((error: unknown) => fail(message, error));
  await together(registrations, nodesRegistered);
  await together(deregistrations, nodesDeregistered);
  return { failed, passedOver };
};

type NodeWork = typeof nodesRegistered;

/** When the one call for all nodes fails, none of them is done. */
const unfinishedBy = async (
  work: NodeWork,
  ports: Ports,
  nodes: readonly ManagedNodeId[],
): Promise<UnfinishedNodes> => {
  try {
    return await work(ports, nodes);
  } catch (error) {
    return new Map(nodes.map((id) => [id, error]));
  }
};
