import * as z from 'zod';
import { AwsError } from './errors.ts';
import { ssmEvent } from './events.ts';
import { type DescribedNode, withForeign } from './foreign.ts';
import { registrationOf } from './lag.ts';
import { type NodeFilter, nodeTest } from './node-filters.ts';
import { controlPlaneOperation } from './operation.ts';
import { page } from './paging.ts';
import type { ManagedNode } from './records.ts';
import type { Replica } from './replicas.ts';
import { requireRole } from './roles.ts';
import { epochSeconds, type Service } from './service.ts';
import { iamRole, managedNodeId, nextToken } from './shapes.ts';

/** There is no goodbye from an agent: a node is lost when it has been silent for too long. */
const isLost = (node: ManagedNode, { knowsOfSilence }: Replica, { connectionLostAfterMs }: Service) =>
  node.lastPingAt === undefined || knowsOfSilence(node, node.lastPingAt + connectionLostAfterMs);

function describe(node: ManagedNode, isLost: boolean): DescribedNode {
  return {
    InstanceId: node.id,
    PingStatus: isLost ? 'ConnectionLost' : 'Online',
    LastPingDateTime: node.lastPingAt === undefined ? undefined : epochSeconds(node.lastPingAt),
    ...node.report,
    ActivationId: node.activationId,
    IamRole: node.iamRole,
    RegistrationDate: epochSeconds(node.registeredAt),
    ResourceType: 'ManagedInstance',
    Name: node.name,
    SourceId: node.id,
    SourceType: 'AWS::SSM::ManagedInstance',
  };
}

function candidates({ nodes }: Replica, filters: readonly NodeFilter[]) {
  const valuesOf = (key: string) => filters.find((filter) => filter.key === key)?.values;
  const ids = valuesOf('InstanceIds');
  if (ids) return nodes.withIds(ids);
  const activationIds = valuesOf('ActivationIds');
  return activationIds ? nodes.inGroups(activationIds) : nodes.ordered;
}

const filterValues = z.array(z.string().min(1)).min(1).max(100);

export const describeInstanceInformation = controlPlaneOperation(
  z.object({
    Filters: z.array(z.object({ Key: z.string().min(1), Values: filterValues })).optional(),
    /** The older form, without tags. */
    InstanceInformationFilterList: z
      .array(
        z.object({
          key: z.enum([
            'InstanceIds',
            'AgentVersion',
            'PingStatus',
            'PlatformTypes',
            'ActivationIds',
            'IamRole',
            'ResourceType',
            'AssociationStatus',
          ]),
          valueSet: filterValues,
        }),
      )
      .optional(),
    MaxResults: z.int().min(5).max(50).optional(),
    NextToken: nextToken,
  }),
  (service, input) => {
    const { Filters = [], InstanceInformationFilterList = [] } = input;
    if (Filters.length > 0 && InstanceInformationFilterList.length > 0)
      throw new AwsError(
        'ValidationException',
        'Filters and InstanceInformationFilterList cannot be used together.',
      );
    const filters = [
      ...Filters.map(({ Key: key, Values: values }) => ({ key, values })),
      ...InstanceInformationFilterList.map(({ key, valueSet: values }) => ({ key, values })),
    ];
    const replica = service.read();
    const matches = nodeTest(filters);
    const { items: InstanceInformationList, nextToken: NextToken } = page({
      candidates: withForeign(candidates(replica, filters), service.foreign().nodes),
      show: (node) => {
        const shown = 'shown' in node ? node.shown : describe(node, isLost(node, replica, service));
        return matches({ shown, tags: 'tags' in node ? node.tags : [] }) ? shown : undefined;
      },
      limit: input.MaxResults ?? 10,
      token: input.NextToken,
      question: ['DescribeInstanceInformation', filters],
      sealingKey: service.state.sealingKey,
      cut: service.cutPage,
    });
    return { InstanceInformationList, NextToken };
  },
);

function knownNode({ state, knowsOf }: Service, id: string): ManagedNode {
  const node = state.nodes.get(id);
  if (!node || !knowsOf(registrationOf(node))) throw new AwsError('InvalidInstanceId');
  return node;
}

export const deregisterManagedInstance = controlPlaneOperation(
  z.object({ InstanceId: managedNodeId }),
  async (service, { InstanceId: id }) => {
    await service.state.nodes.delete(knownNode(service, id));
    service.emit(ssmEvent('SSM Managed Instance Deregistration', service, id));
    return {};
  },
);

export const updateManagedInstanceRole = controlPlaneOperation(
  z.object({ InstanceId: managedNodeId, IamRole: iamRole }),
  async (service, { InstanceId: id, IamRole }) => {
    requireRole(service, IamRole);
    await service.state.nodes.put({ ...knownNode(service, id), iamRole: IamRole });
    return {};
  },
);
