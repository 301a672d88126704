import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CleanMachine, whyNoMachine } from './clean-machine.ts';
import { startGateway } from './gateway.ts';
import { type Booted, type Stage, setStage } from './stage.ts';

const obstacle = whyNoMachine();

const untilCalled = async (machine: CleanMachine, what: string): Promise<void> => {
  while (!(await machine.read('var/log/calls').catch(() => '')).includes(what)) await sleep(50);
};

describe.skipIf(obstacle !== undefined)(
  `when a machine fails${obstacle ? ` (skipped: ${obstacle})` : ''}`,
  () => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await setStage();
    });
    afterAll(() => stage?.close());

    const start = ({ machine, env }: Booted) => machine.start(['/bin/sh', '/root/bootstrap.sh'], { env });

    test.concurrent('the answer to the registration is lost: the used-up activation is replaced by a fresh one', async () => {
      let lost = false;
      const aws = await startGateway(stage.service.awsUrl, {
        fate: ({ headers }) => {
          if (lost || headers['x-amz-target'] !== 'AmazonSSM.RegisterManagedInstance') return 'through';
          lost = true;
          return 'answer lost';
        },
      });
      await stage.onMachine({ awsUrl: aws.url }, async ({ bootstrap, instanceId }) => {
        const { code, output } = await bootstrap();
        expect(code, output).toBe(0);
        expect(output).toContain('RegistrationLimitExceeded');
        await stage.onlineOnce(instanceId);
      });
      await aws.close();
    });

    test.concurrent('the disk is full: exit code 12 before anything is asked of the API', async () => {
      const gateway = await startGateway(stage.service.url);
      await stage.onMachine({}, async ({ machine, bootstrap }) => {
        await machine.run(['/usr/bin/mount', '-t', 'tmpfs', '-o', 'size=64k', 'full', '/var/lib']);
        const fill = 'cat /dev/zero >/var/lib/filler';
        await machine.run(['/bin/sh', '-c', fill]);
        const { code, output } = await bootstrap([], { env: { SSM_ACTIVATION_API: gateway.url } });
        expect(code, output).toBe(12);
        expect(output).toContain('ake room');
      });
      await gateway.close();
      expect(gateway.seen).toEqual([]);
    });

    test.concurrent('there is little room: exit code 12, since an agent that cannot keep its keys uses activations up', () =>
      stage.onMachine({}, async ({ bootstrap }) => {
        const { code, output } = await bootstrap(['--min-free-mb', '1000']);
        expect(code, output).toBe(12);
        expect(output).toMatch(/has \d+ MB left, and --min-free-mb is 1000/);
      }));

    test.concurrent('it runs twice at once: one registers, the other waits for it and leaves it alone', () =>
      stage.onMachine({}, async ({ bootstrap, instanceId }) => {
        const outcomes = await Promise.all([bootstrap(), bootstrap()]);
        expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
        const said = outcomes.map(({ output }) => output);
        expect(said.filter((output) => output.includes('another run is under way'))).toHaveLength(1);
        expect(said.filter((output) => output.includes('leaving it alone'))).toHaveLength(1);
        await stage.onlineOnce(instanceId);
      }));

    test.concurrent('it is killed before the agent registers, and runs again: registered once, the old code is dead', async () => {
      const gateway = await startGateway(stage.service.url);
      await stage.onMachine({}, async (booted) => {
        const { machine, env, bootstrap, instanceId } = booted;
        await machine.write('etc/installer-hangs', '');
        const first = start({ ...booted, env: { ...env, SSM_ACTIVATION_API: gateway.url } });
        await untilCalled(machine, 'ssm-setup-cli');
        process.kill(-Number(first.pid), 'SIGKILL');
        const { code, output } = await bootstrap([], { env: { SSM_ACTIVATION_API: gateway.url } });
        expect(code, output).toBe(0);
        await stage.onlineOnce(instanceId);
      });
      await gateway.close();
      expect(gateway.seen.filter(({ url }) => url.includes('/activate'))).toHaveLength(2);
    });

    test.concurrent('it is killed while ssm-setup-cli goes on, and runs again: it waits, and registers nothing more', () =>
      stage.onMachine({}, async (booted) => {
        const { machine, bootstrap, instanceId } = booted;
        await machine.write('etc/agent-is-slow', '2');
        const first = start(booted);
        await untilCalled(machine, 'ssm-setup-cli');
        const script = await readFile(`/proc/${first.pid}/task/${first.pid}/children`, 'utf8');
        process.kill(Number(script.trim()), 'SIGKILL');
        const { code, output } = await bootstrap();
        expect(code, output).toBe(0);
        expect(output).toContain('leaving it alone');
        await stage.onlineOnce(instanceId);
      }));

    test.concurrent('the agent is a snap: the snap registers itself, and nothing is downloaded', () =>
      stage.onMachine({}, async ({ machine, bootstrap, instanceId }) => {
        const installSnap = `. $STAND_IN/agent-package.sh; install_agent
        mkdir -p /snap/amazon-ssm-agent/current
        mv /usr/bin/amazon-ssm-agent /usr/bin/ssm-cli /snap/amazon-ssm-agent/current
        touch /etc/systemd/system/snap.amazon-ssm-agent.amazon-ssm-agent.service`;
        expect(await machine.run(['/bin/sh', '-c', installSnap])).toMatchObject({ code: 0 });
        const { code, output } = await bootstrap();
        expect(code, output).toBe(0);
        expect(output).not.toContain('fetching');
        const calls = await machine.read('var/log/calls');
        expect(calls).toContain('systemctl restart snap.amazon-ssm-agent.amazon-ssm-agent.service');
        await stage.onlineOnce(instanceId);
      }));

    test.concurrent('there is no gpgv: gpg verifies the download', () =>
      stage.onMachine({}, async ({ machine, bootstrap, instanceId }) => {
        await machine.run(['/bin/sh', '-c', 'rm /usr/bin/gpgv; ln -s /host/gpg /usr/bin/gpg']);
        const { code, output } = await bootstrap();
        expect(code, output).toBe(0);
        expect(output).toContain(`ssm-setup-cli is signed by ${stage.download.key.fingerprint}`);
        await stage.onlineOnce(instanceId);
      }));

    test.concurrent('the agent is half installed: it is installed anew and registers', () =>
      stage.onMachine({}, async ({ machine, bootstrap, instanceId }) => {
        await machine.write('usr/bin/amazon-ssm-agent', '', 0o755);
        const { code, output } = await bootstrap();
        expect(code, output).toBe(0);
        expect(output).toContain('its installation was not completed');
        await stage.onlineOnce(instanceId);
      }));

    test.concurrent('the download is not signed by the right key: exit code 9, and it is never run', () =>
      stage.onMachine({}, async ({ machine, bootstrap }) => {
        const fingerprint = '1C5B395CBE5E74E2F1CA21592784DBF388D19D46';
        const { code, output } = await bootstrap(['--agent-key-fingerprint', fingerprint]);
        expect(code, output).toBe(9);
        expect(output).toContain(`not one by the key ${fingerprint}`);
        await expect(machine.read('var/log/calls')).rejects.toThrow('ENOENT');
      }));

    test.concurrent('its disk is a copy of a registered machine: it registers as itself', () =>
      stage.onMachine({}, async ({ machine, bootstrap, instanceId }) => {
        expect(await bootstrap()).toMatchObject({ code: 0 });
        const remembered = await machine.read('var/lib/ssm-activation/registered');
        await machine.write(
          'var/lib/ssm-activation/registered',
          remembered.replace(/^ec2-.*/m, 'ec2-instance=i-00000000000000001'),
        );
        await stage.service.operator('POST', `/nodes/${instanceId}/release`);
        const { code, output } = await bootstrap();
        expect(code, output).toBe(0);
        expect(output).toContain('a copy of its disk');
        await stage.onlineOnce(instanceId);
      }));
  },
);
