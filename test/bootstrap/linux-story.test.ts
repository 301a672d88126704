import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { whyNoMachine } from './clean-machine.ts';
import { type Booted, type Stage, setStage } from './stage.ts';

const obstacle = whyNoMachine();

describe.skipIf(obstacle !== undefined)(
  `one machine's life${obstacle ? ` (skipped: ${obstacle})` : ''}`,
  () => {
    let stage: Stage;
    let instance: Booted;
    let managedNode: string | undefined;
    beforeAll(async () => {
      stage = await setStage();
    });
    afterAll(async () => {
      await instance?.stop();
      await stage?.close();
    });

    test('1. an EC2 instance boots from a minimal image: no jq, no Python, no agent', async () => {
      instance = await stage.boot();
      const tools = 'for tool in jq python3 perl amazon-ssm-agent; do command -v $tool; done';
      expect(await instance.machine.run(['/bin/sh', '-c', tools])).toEqual({ code: 127, output: '' });
    });

    test('2. its user data is one line, which fetches the script from the API and runs it', async () => {
      const { SSM_ACTIVATION_API: api, SSM_ACTIVATION_REGION: _, ...env } = instance.env;
      const userData = `curl -fsS ${api}/bootstrap/linux | sh -s -- --tags Environment=Prod,Role=web --follow-up-tags Ready=yes`;
      const { code, output } = await instance.machine.run(['/bin/sh', '-c', userData], { env });
      expect(code, output).toBe(0);
      expect(output).toContain(`${instance.instanceId} is registered as mi-`);
    });

    test('3. an operator asks for the node by its instance id, and it is Online with its tags', async () => {
      const node = await stage.service.node(instance.instanceId);
      expect(node).toMatchObject({
        PingStatus: 'Online',
        Tags: { Environment: 'Prod', Role: 'web', Ready: 'yes' },
        Identity: { Proof: 'instance-identity', Subject: `123456789012/${instance.instanceId}` },
      });
      managedNode = node?.InstanceId;
    });

    test('4. it boots again: the script leaves the working agent alone', async () => {
      const callsBefore = await instance.machine.read('var/log/calls');
      const { code, output } = await instance.bootstrap();
      const calls = (await instance.machine.read('var/log/calls')).slice(callsBefore.length);
      expect(code, output).toBe(0);
      expect(output).toContain(`${managedNode} was registered before and is up`);
      expect(calls).not.toMatch(/ssm-setup-cli|systemctl (stop|start|restart)/);
    });

    test('5. its agent was stopped: the script starts it, and does not register again', async () => {
      await instance.machine.run(['/usr/bin/systemctl', 'stop', 'amazon-ssm-agent.service']);
      const { code, output } = await instance.bootstrap();
      expect(code, output).toBe(0);
      expect(await stage.service.registrationsOf(instance.instanceId)).toEqual([managedNode]);
    });

    test('6. a dry run says what is so, and changes nothing', async () => {
      const { code, output } = await instance.bootstrap(['--dry-run', '--force']);
      expect(code, output).toBe(0);
      expect(output).toContain('dry run: would ask');
      expect(await stage.service.registrationsOf(instance.instanceId)).toEqual([managedNode]);
    });

    test('7. it is decommissioned: the operator removes the node, and the machine forgets it', async () => {
      await instance.machine.write('root/deregister.sh', await stage.scriptOf('linux/deregister.sh'), 0o755);
      const env = { ...instance.env, SSM_ACTIVATION_OPERATOR_KEY: stage.service.operatorKey };
      const { code, output } = await instance.machine.run(['/bin/sh', '/root/deregister.sh'], { env });
      expect(code, output).toBe(0);
      expect(await stage.service.registrationsOf(instance.instanceId)).toEqual([]);
      expect((await instance.machine.run(['/usr/bin/ssm-cli', 'get-instance-information'])).code).toBe(255);
    });
  },
);
