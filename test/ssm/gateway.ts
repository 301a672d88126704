import { DescribeActivationsCommand, ListTagsForResourceCommand } from '@aws-sdk/client-ssm';
import { ManagedNodeId } from '../../src/activation/identifiers.ts';
import { InstanceName } from '../../src/activation/instance-name.ts';
import type { ActivationRequest } from '../../src/activation/ports.ts';
import { createSystemsManager } from '../../src/ssm/systems-manager.ts';
import { attemptId } from '../activation/records.ts';
import { hour, startTestAws } from '../local/embedded-aws.ts';
import { callerIn, createTime } from './time.ts';

export const HOST = InstanceName.parse('host-1');
export const ROLE = 'service-role/ssm-node';

/** The gateway to an embedded Systems Manager of its own, and a look behind it. */
export const startGateway = async () => {
  const aws = await startTestAws();
  const time = createTime();
  const at = createSystemsManager({ client: aws.ssm, caller: callerIn(time), nodeRole: ROLE });
  const systemsManager = at({ deadline: time.deadlineIn(20_000) });
  const request = (changes: Partial<ActivationRequest> = {}): ActivationRequest => ({
    name: HOST,
    tags: {},
    expiresAt: new Date(Math.floor(aws.clock().getTime() / 1000) * 1000 + hour),
    attemptId: attemptId('one'),
    ...changes,
  });
  const described = async () => {
    const { ActivationList = [] } = await aws.ssm.send(new DescribeActivationsCommand({}));
    return ActivationList;
  };
  const registeredNode = async (): Promise<ManagedNodeId> =>
    ManagedNodeId.parse((await aws.registered()).instanceId);
  const tagsOf = async (node: ManagedNodeId) => {
    const resource = { ResourceType: 'ManagedInstance', ResourceId: node } as const;
    const { TagList = [] } = await aws.ssm.send(new ListTagsForResourceCommand(resource));
    return Object.fromEntries(TagList.map(({ Key = '', Value }) => [Key, Value]));
  };
  /** The moment of a read that needed no second try. */
  const readAt = time.clock;
  return { ...aws, systemsManager, readAt, request, described, registeredNode, tagsOf };
};
