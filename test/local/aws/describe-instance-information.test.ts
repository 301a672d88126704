import {
  DeregisterManagedInstanceCommand,
  DescribeInstanceInformationCommand,
  type DescribeInstanceInformationCommandInput,
  paginateDescribeInstanceInformation,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { refusal, startTestAws } from '../embedded-aws.ts';

const unknownNode = 'mi-0123456789abcdef0';

async function nodesOf(ssm: SSMClient, input: DescribeInstanceInformationCommandInput = {}) {
  const { InstanceInformationList = [] } = await ssm.send(new DescribeInstanceInformationCommand(input));
  return InstanceInformationList;
}

async function idsWith(ssm: SSMClient, filters: Record<string, string[]>) {
  const Filters = Object.entries(filters).map(([Key, Values]) => ({ Key, Values }));
  return (await nodesOf(ssm, { Filters })).map(({ InstanceId }) => InstanceId);
}

describe('DescribeInstanceInformation', () => {
  test('filters by each key it knows', async () => {
    const { registered, ssm } = await startTestAws();
    const a = await registered({ DefaultInstanceName: 'a', Tags: [{ Key: 'Role', Value: 'web' }] });
    const b = await registered({ DefaultInstanceName: 'b', IamRole: 'OtherRole' });
    await a.machine.ping();
    const [first] = await nodesOf(ssm);
    const [both, onlyA, onlyB] = [[a.instanceId, b.instanceId], [a.instanceId], [b.instanceId]];

    expect(await idsWith(ssm, { InstanceIds: [b.instanceId, a.instanceId, unknownNode] })).toEqual(both);
    expect(await idsWith(ssm, { ActivationIds: [first?.ActivationId ?? ''] })).toEqual(onlyA);
    expect(await idsWith(ssm, { AgentVersion: ['3.3.0.0'] })).toEqual(onlyA);
    expect(await idsWith(ssm, { AssociationStatus: ['Success'] })).toEqual([]);
    expect(await idsWith(ssm, { IamRole: ['OtherRole'] })).toEqual(onlyB);
    expect(await idsWith(ssm, { PingStatus: ['Online'] })).toEqual(onlyA);
    expect(await idsWith(ssm, { PingStatus: ['ConnectionLost', 'Online'] })).toEqual(both);
    expect(await idsWith(ssm, { PlatformTypes: ['Linux'] })).toEqual(onlyA);
    expect(await idsWith(ssm, { ResourceType: ['ManagedInstance'] })).toEqual(both);
    expect(await idsWith(ssm, { ResourceType: ['EC2Instance'] })).toEqual([]);
    expect(await idsWith(ssm, { SourceIds: [b.instanceId] })).toEqual(onlyB);
    expect(await idsWith(ssm, { SourceTypes: ['AWS::SSM::ManagedInstance'] })).toEqual(both);
    expect(await idsWith(ssm, { 'tag-key': ['Role'] })).toEqual(onlyA);
    expect(await idsWith(ssm, { 'tag:Role': ['web', 'db'] })).toEqual(onlyA);
    expect(await idsWith(ssm, { 'tag:Role': ['db'] })).toEqual([]);
    expect(await idsWith(ssm, { InstanceIds: [a.instanceId], IamRole: ['OtherRole'] })).toEqual([]);
  });

  test('takes the older form of filters too, but not beside the newer', async () => {
    const { registered, ssm } = await startTestAws();
    const { instanceId } = await registered();
    await registered();
    const older = [{ key: 'InstanceIds' as const, valueSet: [instanceId] }];
    const newer = [{ Key: 'PingStatus', Values: ['Online'] }];

    expect(await nodesOf(ssm, { InstanceInformationFilterList: older })).toMatchObject([
      { InstanceId: instanceId },
    ]);
    expect(
      await refusal(nodesOf(ssm, { InstanceInformationFilterList: older, Filters: newer })),
    ).toMatchObject({ code: 'ValidationException' });
  });

  test.each([
    [{ Name: ['web-1'] }, 'InvalidFilterKey'],
    [{ 'tag:': ['x'] }, 'InvalidFilterKey'],
    [{ toString: ['x'] }, 'InvalidFilterKey'],
    [{ PingStatus: ['Offline'] }, 'InvalidInstanceInformationFilterValue'],
    [{ PlatformTypes: ['Plan9'] }, 'InvalidInstanceInformationFilterValue'],
    [{ ActivationIds: ['nonsense'] }, 'InvalidInstanceInformationFilterValue'],
    [{ ResourceType: ['ManagedInstance', 'EC2Instance'] }, 'InvalidInstanceInformationFilterValue'],
    [{ InstanceIds: ['web-1'] }, 'InvalidInstanceId'],
    [{ 'tag:Role': ['web'], PingStatus: ['Online'] }, 'ValidationException'],
    [{ PingStatus: [] }, 'ValidationException'],
    [{ InstanceIds: Array<string>(101).fill(unknownNode) }, 'ValidationException'],
  ])('refuses the filter %j with %s', async (filters, expected) => {
    const { ssm } = await startTestAws();

    expect(await refusal(idsWith(ssm, filters))).toMatchObject({ code: expected });
  });

  test('pages through every node once, ten to a page unless told', async () => {
    const { ssm, activate, machine } = await startTestAws();
    const activation = await activate({ RegistrationLimit: 20 });
    const registered = [];
    for (let index = 0; index < 12; index++) registered.push(await machine().register(activation));
    const pagesOf = async (pageSize?: number) => {
      const pages = [];
      const paging = { client: ssm, ...(pageSize !== undefined && { pageSize }) };
      for await (const page of paginateDescribeInstanceInformation(paging, {}))
        pages.push(page.InstanceInformationList?.map(({ InstanceId }) => InstanceId));
      return pages;
    };

    const byDefault = await pagesOf();
    const byFive = await pagesOf(5);

    expect(byDefault.map((page) => page?.length)).toEqual([10, 2]);
    expect(byFive.map((page) => page?.length)).toEqual([5, 5, 2]);
    expect(byFive.flat()).toEqual(registered);
  });

  test('goes on with its pages when nodes come and go between them', async () => {
    const { ssm, activate, machine } = await startTestAws();
    const activation = await activate({ RegistrationLimit: 20 });
    const ids: string[] = [];
    for (let index = 0; index < 8; index++) ids.push(await machine().register(activation));
    const first = await ssm.send(new DescribeInstanceInformationCommand({ MaxResults: 5 }));

    await ssm.send(new DeregisterManagedInstanceCommand({ InstanceId: ids[4] }));
    const late = await machine().register(activation);

    const rest = await nodesOf(ssm, { MaxResults: 5, NextToken: first.NextToken });
    expect(rest.map(({ InstanceId }) => InstanceId)).toEqual([...ids.slice(5), late]);
  });

  test('refuses page sizes out of range, and tokens that are garbled or for another question', async () => {
    const { ssm, activate, machine } = await startTestAws();
    const activation = await activate({ RegistrationLimit: 6 });
    for (let index = 0; index < 6; index++) await machine().register(activation);
    const { NextToken } = await ssm.send(new DescribeInstanceInformationCommand({ MaxResults: 5 }));
    const codeFor = async (input: DescribeInstanceInformationCommandInput) =>
      (await refusal(nodesOf(ssm, input))).code;

    expect(await codeFor({ MaxResults: 4 })).toBe('ValidationException');
    expect(await codeFor({ MaxResults: 51 })).toBe('ValidationException');
    expect(await codeFor({ NextToken: `${NextToken}x` })).toBe('InvalidNextToken');
    expect(await codeFor({ NextToken, Filters: [{ Key: 'PingStatus', Values: ['Online'] }] })).toBe(
      'InvalidNextToken',
    );
  });
});
