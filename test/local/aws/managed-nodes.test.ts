import {
  DeregisterManagedInstanceCommand,
  DescribeInstanceInformationCommand,
  type DescribeInstanceInformationCommandInput,
  type SSMClient,
  UpdateManagedInstanceRoleCommand,
} from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { minute, refusal, startTestAws } from '../embedded-aws.ts';

const unknownNode = 'mi-0123456789abcdef0';

async function nodesOf(ssm: SSMClient, input: DescribeInstanceInformationCommandInput = {}) {
  const { InstanceInformationList = [] } = await ssm.send(new DescribeInstanceInformationCommand(input));
  return InstanceInformationList;
}

describe('a managed node', () => {
  test('that has never pinged is ConnectionLost, without an agent version or a last ping', async () => {
    const { registered, ssm, clock } = await startTestAws();
    const { instanceId } = await registered({ DefaultInstanceName: 'web-1' });

    const [node] = await nodesOf(ssm);

    expect(node).toMatchObject({
      InstanceId: instanceId,
      Name: 'web-1',
      PingStatus: 'ConnectionLost',
      ResourceType: 'ManagedInstance',
      IamRole: 'NodeRole',
      RegistrationDate: clock(),
    });
    expect(node).not.toHaveProperty('AgentVersion');
    expect(node).not.toHaveProperty('LastPingDateTime');
  });

  test('is Online from its first ping, with what its agent reports', async () => {
    const { registered, ssm, clock } = await startTestAws();
    const { machine } = await registered({ DefaultInstanceName: 'web-1' });

    await machine.ping();

    expect(await nodesOf(ssm)).toMatchObject([
      {
        PingStatus: 'Online',
        LastPingDateTime: clock(),
        AgentVersion: '3.3.0.0',
        PlatformType: 'Linux',
        ComputerName: 'web-1',
        IPAddress: '127.0.0.1',
      },
    ]);
  });

  test('is ConnectionLost once it has been silent for longer than allowed, and Online when it pings again', async () => {
    const { registered, ssm, advance } = await startTestAws({ connectionLostAfterMs: 3 * minute });
    const { machine } = await registered();
    await machine.ping();
    const status = async () => (await nodesOf(ssm))[0]?.PingStatus;

    advance(3 * minute);
    expect(await status()).toBe('Online');
    advance(1);
    expect(await status()).toBe('ConnectionLost');
    await machine.ping();
    expect(await status()).toBe('Online');
  });

  test('gets a new id when it registers again, and the old one stays', async () => {
    const { registered, activate, ssm } = await startTestAws();
    const { machine, instanceId } = await registered();

    const second = await machine.register(await activate());

    expect(second).not.toBe(instanceId);
    expect((await nodesOf(ssm)).map(({ InstanceId }) => InstanceId)).toEqual([instanceId, second]);
  });
});

describe('DeregisterManagedInstance', () => {
  test('makes the node vanish, its credentials and its key with it', async () => {
    const { registered, ssm, advance } = await startTestAws();
    const { machine, instanceId } = await registered();
    await machine.ping();

    await ssm.send(new DeregisterManagedInstanceCommand({ InstanceId: instanceId }));

    expect(await nodesOf(ssm)).toEqual([]);
    expect(await refusal(machine.ping())).toMatchObject({ code: 'InvalidInstanceId' });
    advance(40 * minute);
    expect((await refusal(machine.ping())).message).toMatch(/^RequestManagedInstanceRoleToken/);
  });

  test('refuses ids that are unknown or no managed node id', async () => {
    const { ssm } = await startTestAws();
    const codeFor = async (InstanceId: string) =>
      (await refusal(ssm.send(new DeregisterManagedInstanceCommand({ InstanceId })))).code;

    expect(await codeFor(unknownNode)).toBe('InvalidInstanceId');
    expect(await codeFor('i-0123456789abcdef0')).toBe('ValidationException');
  });

  test('and registration each send an event that names the node', async () => {
    const { registered, ssm, events } = await startTestAws({ accountId: '123456789012' });
    const { instanceId } = await registered();

    await ssm.send(new DeregisterManagedInstanceCommand({ InstanceId: instanceId }));

    expect(events).toMatchObject([
      {
        source: 'aws.ssm',
        'detail-type': 'SSM Managed Instance Registration',
        resources: [`arn:aws:ssm:eu-west-1:123456789012:managed-instance/${instanceId}`],
      },
      { source: 'aws.ssm', 'detail-type': 'SSM Managed Instance Deregistration' },
    ]);
    for (const { detail } of events) expect(JSON.stringify(detail)).toContain(instanceId);
  });
});

describe('UpdateManagedInstanceRole', () => {
  test("changes the node's role", async () => {
    const { registered, ssm } = await startTestAws();
    const { instanceId: InstanceId } = await registered();

    await ssm.send(new UpdateManagedInstanceRoleCommand({ InstanceId, IamRole: 'OtherRole' }));

    expect(await nodesOf(ssm)).toMatchObject([{ IamRole: 'OtherRole' }]);
  });

  test('refuses an ARN for a role', async () => {
    const { registered, ssm } = await startTestAws();
    const { instanceId: InstanceId } = await registered();
    const IamRole = 'arn:aws:iam::123456789012:role/R';

    const call = ssm.send(new UpdateManagedInstanceRoleCommand({ InstanceId, IamRole }));

    expect(await refusal(call)).toMatchObject({ code: 'ValidationException' });
  });

  test('refuses a node that is not known', async () => {
    const { ssm } = await startTestAws();

    const call = ssm.send(new UpdateManagedInstanceRoleCommand({ InstanceId: unknownNode, IamRole: 'R' }));

    expect(await refusal(call)).toMatchObject({ code: 'InvalidInstanceId' });
  });
});
