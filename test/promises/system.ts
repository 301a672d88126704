import {
  type Activation,
  DescribeActivationsCommand,
  DescribeInstanceInformationCommand,
  type InstanceInformation,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-ssm';
import type { Tags } from '../../src/activation/tags.ts';
import type { World } from './world.ts';

/** What Systems Manager itself has, whatever the service believes. */
export interface SystemView {
  /** Of every name asked about: its activations with which a machine can register now. */
  readonly usable: readonly { readonly id: string; readonly name: string }[];
  readonly activations: readonly Activation[];
  /** The one registered last comes first. */
  readonly nodes: readonly NodeView[];
}

export interface NodeView {
  readonly id: string;
  readonly name: string;
  readonly activationId: string;
  readonly registeredAt: number;
  readonly isOnline: boolean;
  readonly hasReported: boolean;
  readonly tags: Tags;
}

export const lookInto = (world: World, names: readonly string[]): Promise<SystemView> =>
  world.untroubled(async () => {
    const activations = await activationsNamed(world, names);
    const described = (await allNodes(world)).filter(({ Name = '' }) => names.includes(Name));
    const nodes = await Promise.all(described.map((node) => nodeView(world, node)));
    return {
      activations,
      usable: activations
        .filter(
          ({ Expired, RegistrationsCount = 0, RegistrationLimit = 1 }) =>
            !Expired && RegistrationsCount < RegistrationLimit,
        )
        .map(({ ActivationId: id = '', DefaultInstanceName: name = '' }) => ({ id, name })),
      nodes: nodes.toSorted((a, b) => b.registeredAt - a.registeredAt),
    };
  });

const activationsNamed = async ({ ssm }: World, names: readonly string[]): Promise<Activation[]> => {
  const found: Activation[] = [];
  let NextToken: string | undefined;
  do {
    const Filters = [{ FilterKey: 'DefaultInstanceName' as const, FilterValues: [...names] }];
    const page = await ssm.send(new DescribeActivationsCommand({ Filters, MaxResults: 50, NextToken }));
    found.push(...(page.ActivationList ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
};

const allNodes = async ({ ssm }: World): Promise<InstanceInformation[]> => {
  const found: InstanceInformation[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ssm.send(new DescribeInstanceInformationCommand({ MaxResults: 50, NextToken }));
    found.push(...(page.InstanceInformationList ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
};

const nodeView = async ({ ssm }: World, node: InstanceInformation): Promise<NodeView> => {
  const id = node.InstanceId ?? '';
  const resource = { ResourceType: 'ManagedInstance', ResourceId: id } as const;
  const { TagList = [] } = await ssm.send(new ListTagsForResourceCommand(resource));
  return {
    id,
    name: node.Name ?? '',
    activationId: node.ActivationId ?? '',
    registeredAt: node.RegistrationDate?.getTime() ?? 0,
    isOnline: node.PingStatus === 'Online',
    hasReported: node.AgentVersion !== undefined,
    tags: Object.fromEntries(TagList.map(({ Key = '', Value = '' }) => [Key, Value])),
  };
};
