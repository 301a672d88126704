import { DescribeInstanceInformationCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createSimulatedMachine, MachineCallError } from '../../src/local/simulated-machine.ts';
import { keyPair, minute, region, startTestAws } from './embedded-aws.ts';

const statuses = async (ssm: SSMClient) => {
  const { InstanceInformationList = [] } = await ssm.send(new DescribeInstanceInformationCommand({}));
  return InstanceInformationList.map(({ PingStatus }) => PingStatus);
};

describe('a simulated machine', () => {
  test('registers with a key of its own and comes online', async () => {
    const { aws, activate, ssm } = await startTestAws();
    const machine = createSimulatedMachine({ endpoint: aws.url, region, computerName: 'host-1' });

    const instanceId = await machine.register(await activate());
    await machine.ping();

    expect(machine.instanceId).toBe(instanceId);
    expect(await statuses(ssm)).toEqual(['Online']);
  });

  test('asks for new credentials only when the old have lived half their life', async () => {
    const { registered, advance, calls } = await startTestAws();
    const { machine } = await registered();
    const tokenCalls = () =>
      calls.filter(({ operation }) => operation === 'RequestManagedInstanceRoleToken').length;

    await machine.ping();
    advance(29 * minute);
    await machine.ping();
    expect(tokenCalls()).toBe(1);
    advance(2 * minute);
    await machine.ping();
    expect(tokenCalls()).toBe(2);
  });

  test('keeps its node online by its heartbeat, until it stops', async () => {
    const started = await startTestAws({ clock: () => new Date(), connectionLostAfterMs: 300 });
    const { aws, activate, ssm, calls } = started;
    const machine = createSimulatedMachine({ endpoint: aws.url, region, computerName: 'host-1', keyPair });
    onTestFinished(() => machine.stop());
    await machine.register(await activate());

    machine.startHeartbeat(50);
    const pings = () => calls.filter(({ operation }) => operation === 'UpdateInstanceInformation').length;
    await vi.waitFor(() => expect(pings()).toBeGreaterThan(4), 5000);
    expect(await statuses(ssm)).toEqual(['Online']);
    machine.stop();
    await vi.waitFor(async () => expect(await statuses(ssm)).toEqual(['ConnectionLost']), 5000);
  });

  test('carries the code of a refusal, and stays the node it was', async () => {
    const { activate, registered } = await startTestAws();
    const { machine, instanceId } = await registered();
    const { activationId } = await activate();

    const again = machine.register({ activationId, activationCode: 'x'.repeat(20) });

    await expect(again).rejects.toBeInstanceOf(MachineCallError);
    await expect(again).rejects.toMatchObject({ code: 'InvalidActivation', status: 400 });
    expect(machine.instanceId).toBe(instanceId);
  });

  test('cannot ping before it has registered', async () => {
    const { machine } = await startTestAws();

    await expect(machine('host-1').ping()).rejects.toThrow('host-1 is not registered');
  });

  test('tells of a heartbeat that failed, and goes on', async () => {
    const { aws, activate, faults } = await startTestAws({ clock: () => new Date() });
    const failures: unknown[] = [];
    const machine = createSimulatedMachine({
      endpoint: aws.url,
      region,
      computerName: 'host-1',
      keyPair,
      onHeartbeatFailure: (error) => failures.push(error),
    });
    onTestFinished(() => machine.stop());
    await machine.register(await activate());
    faults.faultRate = 1;

    machine.startHeartbeat(30);

    await vi.waitFor(() => expect(failures.length).toBeGreaterThan(2), 5000);
    expect(failures[0]).toMatchObject({ code: 'InternalServerError' });
  });
});
