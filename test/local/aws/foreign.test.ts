import {
  DescribeActivationsCommand,
  DescribeInstanceInformationCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { startTestAws } from '../embedded-aws.ts';
import { FOREIGN_ACTIVATIONS, FOREIGN_NODES } from '../foreign.ts';

const nodesIn = async (ssm: SSMClient, filters: Record<string, string[]> = {}) => {
  const Filters = Object.entries(filters).map(([Key, Values]) => ({ Key, Values }));
  const command = new DescribeInstanceInformationCommand({ Filters, MaxResults: 50 });
  const { InstanceInformationList = [] } = await ssm.send(command);
  return InstanceInformationList;
};
const idsIn = async (ssm: SSMClient, filters: Record<string, string[]>) =>
  (await nodesIn(ssm, filters)).map(({ InstanceId }) => InstanceId);

test('nodes of others are listed among those that registered, and show only what they have', async () => {
  const { registered, ssm, faults } = await startTestAws();
  const one = await registered();
  const other = await registered();
  faults.foreignNodes = FOREIGN_NODES;

  const listed = await nodesIn(ssm);

  expect(listed).toHaveLength(FOREIGN_NODES.length + 2);
  expect(listed.slice(0, 4).map(({ InstanceId }) => InstanceId)).toEqual([
    'i-0123456789abcdef0',
    one.instanceId,
    'i-0123abcd',
    other.instanceId,
  ]);
  expect(listed[0]).not.toHaveProperty('ActivationId');
  expect(listed[0]).not.toHaveProperty('Name');
  expect(listed[0]).not.toHaveProperty('RegistrationDate');
});

test('they are found by the filters that they match, and never by an activation', async () => {
  const { activate, machine, ssm, faults } = await startTestAws();
  const { activationId, ...rest } = await activate();
  const id = await machine().register({ activationId, ...rest });
  faults.foreignNodes = FOREIGN_NODES;

  expect(await idsIn(ssm, { ActivationIds: [activationId] })).toEqual([id]);
  expect(await idsIn(ssm, { InstanceIds: ['i-0123abcd', id] })).toEqual([id, 'i-0123abcd']);
  expect(await idsIn(ssm, { ResourceType: ['EC2Instance'] })).toEqual(['i-0123456789abcdef0', 'i-0123abcd']);
  expect(await idsIn(ssm, { ResourceType: ['ManagedInstance'] })).toContain('eks_c:fleet_node-1_0a1b2c3d');
  expect(await idsIn(ssm, { PingStatus: ['Inactive'] })).toEqual(['MI-0DDDDDDDDDDDDDDDD']);
  expect(await idsIn(ssm, { SourceTypes: ['AWS::EC2::Instance'] })).toEqual(['i-0123456789abcdef0']);
  expect(await idsIn(ssm, { PlatformTypes: ['Linux'] })).toEqual(['i-0123456789abcdef0']);
});

test('pages hold each of them once', async () => {
  const { registered, ssm, faults } = await startTestAws();
  const ids: (string | undefined)[] = [];
  for (let index = 0; index < 3; index += 1) ids.push((await registered()).instanceId);
  faults.foreignNodes = FOREIGN_NODES;
  ids.push(...FOREIGN_NODES.map(({ InstanceId }) => InstanceId));
  const listed: (string | undefined)[] = [];

  let NextToken: string | undefined;
  do {
    const answer = await ssm.send(new DescribeInstanceInformationCommand({ MaxResults: 5, NextToken }));
    listed.push(...(answer.InstanceInformationList ?? []).map(({ InstanceId }) => InstanceId));
    NextToken = answer.NextToken;
  } while (NextToken);

  expect(listed.toSorted()).toEqual(ids.toSorted());
});

test('activations of others are listed among those that were made here, and found by the filters that they match', async () => {
  const { activate, ssm, faults } = await startTestAws();
  const { activationId } = await activate({ DefaultInstanceName: 'host-1' });
  faults.foreignActivations = FOREIGN_ACTIVATIONS;
  const listed = async (FilterKey?: 'DefaultInstanceName' | 'ActivationIds', value = '') => {
    const Filters = FilterKey && [{ FilterKey, FilterValues: [value] }];
    const { ActivationList = [] } = await ssm.send(new DescribeActivationsCommand({ Filters }));
    return ActivationList.map(({ ActivationId }) => ActivationId);
  };

  expect(await listed()).toHaveLength(FOREIGN_ACTIVATIONS.length + 1);
  const ofTheName = ['', 'act-0123456789', '47EC4069-20CC-4709-85A2-895AC895E2FD', activationId];
  expect((await listed('DefaultInstanceName', 'host-1')).toSorted()).toEqual(ofTheName.toSorted());
  expect(await listed('ActivationIds', 'act-0123456789')).toEqual(['act-0123456789']);
});
