import {
  DescribeInstanceInformationCommand,
  type DescribeInstanceInformationCommandInput,
  type InstanceInformation,
  type InstanceInformationStringFilter,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import type { Task } from '../activation/deadline.ts';
import { ActivationId, ManagedNodeId } from '../activation/identifiers.ts';
import { StoredName } from '../activation/instance-name.ts';
import { type ManagedNode, PING_STATUSES } from '../activation/managed-node.ts';
import { writtenByAws } from '../aws/written-by-aws.ts';
import { type Caller, callUntil } from './call.ts';

/** SSM takes 100 values a filter and gives 50 nodes a page. */
export const MOST_VALUES = 100;
const PAGE = 50;

/** The nodes with these ids, or of these activations. `idsAtLast` is called when the first call's turn has come. */
export const describeNodesWith = async (
  client: SSMClient,
  caller: Caller,
  task: Task,
  key: 'ActivationIds' | 'InstanceIds',
  idsAtLast: () => readonly string[],
): Promise<ManagedNode[]> => {
  let ids: readonly string[] | undefined;
  const first = await describeNodes(client, caller, task, () => {
    ids ??= idsAtLast();
    return [{ Key: key, Values: ids.slice(0, MOST_VALUES) }];
  });
  const rest: ManagedNode[] = [];
  for (let from = MOST_VALUES; ids && from < ids.length; from += MOST_VALUES) {
    const Values = ids.slice(from, from + MOST_VALUES);
    rest.push(...(await describeNodes(client, caller, task, () => [{ Key: key, Values }])));
  }
  return [...first, ...rest];
};

/** All nodes that match the filters, page by page. */
export const describeNodes = async (
  client: SSMClient,
  caller: Caller,
  task: Task,
  filters: () => InstanceInformationStringFilter[],
): Promise<ManagedNode[]> => {
  const nodes: ManagedNode[] = [];
  let NextToken: DescribeInstanceInformationCommandInput['NextToken'];
  do {
    const { output } = await callUntil(caller, task, {
      operation: 'DescribeInstanceInformation',
      send: async (abortSignal) => {
        const command = new DescribeInstanceInformationCommand({
          Filters: filters(),
          MaxResults: PAGE,
          NextToken,
        });
        return writtenByAws(await client.send(command, { abortSignal }));
      },
    });
    const now = caller.clock();
    nodes.push(...(output.InstanceInformationList ?? []).flatMap((node) => managedNode(node, now)));
    NextToken = output.NextToken;
  } while (NextToken);
  return nodes;
};

/** EC2 instances have ids of another form and no activation; they are none of this service's nodes. */
const managedNode = (information: InstanceInformation, now: Date): ManagedNode[] => {
  const id = ManagedNodeId.safeParse(information.InstanceId);
  const activationId = ActivationId.safeParse(information.ActivationId);
  if (!id.success || !activationId.success) return [];
  const name = StoredName.safeParse(information.Name);
  // Taken for long ago, a date that is not told would make a newcomer old enough for anything.
  const registeredAt = information.RegistrationDate ?? now;
  const lastPingAt = pingSince(information.RegistrationDate, information.LastPingDateTime);
  return [
    {
      id: id.data,
      activationId: activationId.data,
      ...(name.success && { name: name.data }),
      registeredAt,
      pingStatus: PING_STATUSES.find((status) => status === information.PingStatus) ?? 'ConnectionLost',
      ...(lastPingAt && { lastPingAt }),
      ...(information.AgentVersion && { agentVersion: information.AgentVersion }),
      ...(information.IPAddress && { ipAddress: information.IPAddress }),
    },
  ];
};

/**
 * SSM does not say what it shows before a first ping; a date that was never set is not when a node fell silent. Whole
 * seconds are compared, for the two dates may differ in how they were rounded.
 */
const pingSince = (registeredAt: Date | undefined, lastPingAt: Date | undefined): Date | undefined =>
  lastPingAt && registeredAt && secondsOf(lastPingAt) < secondsOf(registeredAt) ? undefined : lastPingAt;

const secondsOf = (moment: Date): number => Math.floor(moment.getTime() / 1000);
