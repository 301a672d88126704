import { DescribeInstanceInformationCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { hour, refusal } from '../embedded-aws.ts';
import { callWithSdk, startWithAgent } from '../sdk-agent.ts';

describe('the whole story of an agent', () => {
  test('registration, credentials, a ping signed by the real SDK, Online', async () => {
    const { register, requestToken, pingWithSdk, ssm, clock } = await startWithAgent();

    const instanceId = await register();
    const credentials = await requestToken(instanceId);
    await pingWithSdk(instanceId, credentials);

    expect(instanceId).toMatch(/^mi-[0-9a-f]{17}$/);
    expect(credentials.TokenExpirationDate).toBe((clock().getTime() + hour) / 1000);
    const { InstanceInformationList } = await ssm.send(new DescribeInstanceInformationCommand({}));
    expect(InstanceInformationList).toMatchObject([
      { InstanceId: instanceId, PingStatus: 'Online', AgentVersion: '3.3.40.0' },
    ]);
  });

  test('a short ping leaves what an earlier one reported', async () => {
    const { registered, ssm, endpoint, requestToken, register, pingWithSdk } = await startWithAgent();
    await registered();
    const instanceId = await register();
    const credentials = await requestToken(instanceId);
    const full = {
      InstanceId: instanceId,
      ComputerName: 'web-1',
      PlatformName: 'Debian',
      AgentVersion: '3.3.1.0',
    };
    await callWithSdk(endpoint, credentials, 'AmazonSSM.UpdateInstanceInformation', full);

    await pingWithSdk(instanceId, credentials);

    const Filters = [{ Key: 'InstanceIds', Values: [instanceId] }];
    const { InstanceInformationList } = await ssm.send(new DescribeInstanceInformationCommand({ Filters }));
    expect(InstanceInformationList).toMatchObject([
      { ComputerName: 'web-1', PlatformName: 'Debian', AgentVersion: '3.3.40.0' },
    ]);
  });
});

test.each([
  [{ AgentVersion: 'latest' }, 'InvalidInstanceInformationValue'],
  [{ PlatformType: 'Plan9' }, 'InvalidInstanceInformationValue'],
  [{ IPAddress: '' }, 'ValidationException'],
])('a ping that reports %j is refused with %s', async (report, expected) => {
  const { register, requestToken, endpoint } = await startWithAgent();
  const id = await register();
  const credentials = await requestToken(id);

  const ping = callWithSdk(endpoint, credentials, 'AmazonSSM.UpdateInstanceInformation', {
    InstanceId: id,
    ...report,
  });

  expect(await refusal(ping)).toMatchObject({ code: expected });
});

test('associations are none, and only the node itself may ask', async () => {
  const { register, requestToken, endpoint } = await startWithAgent();
  const id = await register();
  const credentials = await requestToken(id);
  const ask = (InstanceId: string) =>
    callWithSdk(endpoint, credentials, 'AmazonSSM.ListInstanceAssociations', { InstanceId, MaxResults: 20 });

  await expect(ask(id)).resolves.toBeDefined();
  expect(await refusal(ask('mi-0123456789abcdef0'))).toMatchObject({ code: 'AccessDeniedException' });
});
