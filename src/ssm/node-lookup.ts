import {
  DescribeInstanceInformationCommand,
  type InstanceInformation,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { ActivationId, ManagedNodeId } from '../activation/identifiers.ts';
import type { ManagedNode } from '../activation/managed-node.ts';
import { type Caller, callUntil } from './call.ts';

/** SSM takes 100 values a filter and gives 50 nodes a page. */
const MOST_VALUES = 100;
const PAGE = 50;

export type NodeLookup = (
  activations: readonly ActivationId[],
  deadline: Date,
) => Promise<readonly ManagedNode[]>;

interface Batch {
  readonly ids: Set<ActivationId>;
  readonly answer: Promise<readonly ManagedNode[]>;
}

/**
 * Looks nodes up by the activations they registered with. Whoever asks while an earlier question waits for its turn
 * joins it, so that a boot storm costs a call for every fifty machines and not one a machine.
 */
export const createNodeLookup = (client: SSMClient, caller: Caller): NodeLookup => {
  let waiting: Batch | undefined;

  const ask = async (ids: Set<ActivationId>, deadline: Date): Promise<readonly ManagedNode[]> => {
    const close = () => {
      if (waiting?.ids === ids) waiting = undefined;
    };
    try {
      return await describeNodes(client, caller, deadline, () => {
        close();
        return [...ids];
      });
    } finally {
      close();
    }
  };

  return async (activations, deadline) => {
    if (!waiting || waiting.ids.size + activations.length > MOST_VALUES) {
      const ids = new Set(activations);
      waiting = { ids, answer: ask(ids, deadline) };
    }
    const batch = waiting;
    for (const id of activations) batch.ids.add(id);
    const nodes = await batch.answer;
    return nodes.filter(({ activationId }) => activations.includes(activationId));
  };
};

/** `idsAtLast` is called when the first call's turn has come. */
const describeNodes = async (
  client: SSMClient,
  caller: Caller,
  deadline: Date,
  idsAtLast: () => ActivationId[],
): Promise<ManagedNode[]> => {
  const nodes: ManagedNode[] = [];
  let ids: ActivationId[] | undefined;
  let from = 0;
  let NextToken: string | undefined;
  do {
    const { output } = await callUntil(caller, deadline, (abortSignal) => {
      ids ??= idsAtLast();
      const Values = ids.slice(from, from + MOST_VALUES);
      const Filters = [{ Key: 'ActivationIds', Values }];
      const command = new DescribeInstanceInformationCommand({ Filters, MaxResults: PAGE, NextToken });
      return client.send(command, { abortSignal });
    });
    nodes.push(...(output.InstanceInformationList ?? []).flatMap(managedNode));
    NextToken = output.NextToken;
    if (!NextToken) from += MOST_VALUES;
  } while (NextToken || from < (ids?.length ?? 0));
  return nodes;
};

/** EC2 instances have ids of another form and no activation; they are none of this service's nodes. */
const managedNode = (information: InstanceInformation): ManagedNode[] => {
  const id = ManagedNodeId.safeParse(information.InstanceId);
  const activationId = ActivationId.safeParse(information.ActivationId);
  if (!id.success || !activationId.success) return [];
  return [
    {
      id: id.data,
      activationId: activationId.data,
      registeredAt: information.RegistrationDate ?? new Date(0),
      pingStatus: information.PingStatus ?? 'ConnectionLost',
      ...(information.LastPingDateTime && { lastPingAt: information.LastPingDateTime }),
      ...(information.AgentVersion && { agentVersion: information.AgentVersion }),
    },
  ];
};
