/** docs/bootstrap.md, on machines that just booted: what it shows wants root, and registers the machine that it runs on. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { whyNoMachine } from '../bootstrap/clean-machine.ts';
import { parsePowerShell } from '../bootstrap/powershell.ts';
import { type Stage, setStage } from '../bootstrap/stage.ts';
import { stepsOf } from './page.ts';

const steps = stepsOf(readFileSync('docs/bootstrap.md', 'utf8'));
const commands = steps.flatMap((step) => (step.does === 'run' ? [step.text] : []));
const [userData = '', onPremises = '', atEveryBoot = '', ...others] = commands;

const obstacle = whyNoMachine();

test('no command of the page is left out', () => {
  expect(others).toEqual([]);
});

test('what the page shows of PowerShell is PowerShell', async () => {
  const sources = steps.flatMap((step) => (step.does === 'read' ? [step.text] : []));

  expect(sources).toHaveLength(1);
  for (const source of sources) expect((await parsePowerShell(source)).mistakes).toEqual([]);
});

describe.skipIf(obstacle !== undefined)(`its commands${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage();
  });
  afterAll(() => stage?.close());

  /** The page's API and its region are those of the stage. */
  const asHere = (command: string) =>
    command.replaceAll('https://HOST', stage.service.url).replaceAll('eu-west-1', 'us-west-2');

  test('the user data registers an EC2 instance under its id', async () => {
    await stage.onMachine({}, async ({ machine, instanceId, env }) => {
      const { SSM_ACTIVATION_API: _, SSM_ACTIVATION_REGION: __, ...rest } = env;

      const { code, output } = await machine.run(['/bin/sh', '-c', asHere(userData)], { env: rest });

      expect(code, output).toBe(0);
      expect(output).toContain(`${instanceId} is registered as mi-`);
    });
  });

  test('a machine on premises registers with its token, whose file is gone then', async () => {
    const { Token } = await stage.service.token('*');
    await stage.onMachine({}, async ({ machine, env }) => {
      await machine.write('run/join-token', Token, 0o600);

      const { code, output } = await machine.run(['/bin/sh', '-c', `cd /root && ${asHere(onPremises)}`], {
        env,
      });

      expect(code, output).toBe(0);
      expect(output).toContain('is registered as mi-');
      await expect(machine.read('run/join-token')).rejects.toThrow('ENOENT');
    });
  });

  test('the files for every boot are put in their places', async () => {
    await stage.onMachine({}, async ({ machine }) => {
      await machine.run(['/host/mkdir', '-p', '/usr/local/sbin']);
      const script = `cd /repository/bootstrap-scripts && ln -s "$PWD/linux/bootstrap.sh" /tmp && cd /tmp && ln -s /repository/bootstrap-scripts/systemd . && PATH=$PATH:/host\n${asHere(atEveryBoot)}`;

      const { code, output } = await machine.run(['/bin/sh', '-c', script]);

      expect(code, output).toBe(0);
      expect(await machine.read('usr/local/sbin/ssm-bootstrap')).toBe(
        await stage.scriptOf('linux/bootstrap.sh'),
      );
      expect(await machine.read('etc/ssm-activation.env')).toContain(
        `SSM_ACTIVATION_API=${stage.service.url}/latest\n`,
      );
      expect(await machine.read('etc/systemd/system/ssm-activation.timer')).toContain('[Timer]');
    });
  });
});
