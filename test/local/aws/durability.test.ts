import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  AddTagsToResourceCommand,
  CreateActivationCommand,
  DeleteActivationCommand,
  DeregisterManagedInstanceCommand,
  DescribeActivationsCommand,
  DescribeInstanceInformationCommand,
  ListTagsForResourceCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { expect, onTestFinished, test } from 'vitest';
import { createSimulatedMachine } from '../../../src/local/simulated-machine.ts';
import { keyPair, operatorOf, region, startTestAws } from '../embedded-aws.ts';

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'embedded-aws-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** An embedded AWS in a process of its own. */
async function spawnAws(dataDir: string) {
  const script = fileURLToPath(new URL('durable-server.ts', import.meta.url));
  const child = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  onTestFinished(kill);
  const [line] = await once(child.stdout, 'data');
  const url = String(line).trim();
  const ssm = operatorOf(url);
  onTestFinished(() => ssm.destroy());
  return { url, ssm, kill };
}

const activate = async (ssm: SSMClient, name: string, RegistrationLimit = 1) => {
  const input = { IamRole: 'NodeRole', DefaultInstanceName: name, RegistrationLimit };
  const { ActivationId = '', ActivationCode = '' } = await ssm.send(new CreateActivationCommand(input));
  return { activationId: ActivationId, activationCode: ActivationCode };
};

/** Everything the control plane shows. */
async function snapshot(ssm: SSMClient, taggedId: string) {
  const [activations, nodes, tags] = await Promise.all([
    ssm.send(new DescribeActivationsCommand({})),
    ssm.send(new DescribeInstanceInformationCommand({})),
    ssm.send(new ListTagsForResourceCommand({ ResourceType: 'ManagedInstance', ResourceId: taggedId })),
  ]);
  return [activations.ActivationList, nodes.InstanceInformationList, tags.TagList];
}

test('after kill -9 and a restart everything is as it was, and nodes stay online with the credentials they have', async () => {
  const dataDir = await temporaryDirectory();
  const first = await spawnAws(dataDir);
  const activation = await activate(first.ssm, 'kept', 2);
  const deleted = await activate(first.ssm, 'deleted');
  const machine = createSimulatedMachine({ endpoint: first.url, region, computerName: 'kept', keyPair });
  const instanceId = await machine.register(activation);
  await machine.ping();
  const Tags = [{ Key: 'Environment', Value: 'Prod' }];
  const resource = { ResourceType: 'ManagedInstance', ResourceId: instanceId } as const;
  await first.ssm.send(new AddTagsToResourceCommand({ ...resource, Tags }));
  await first.ssm.send(new DeleteActivationCommand({ ActivationId: deleted.activationId }));
  const gone = createSimulatedMachine({ endpoint: first.url, region, computerName: 'gone', keyPair });
  const goneId = await gone.register(await activate(first.ssm, 'gone'));
  await first.ssm.send(new DeregisterManagedInstanceCommand({ InstanceId: goneId }));
  const before = await snapshot(first.ssm, instanceId);
  await first.kill();

  const port = Number(new URL(first.url).port);
  const second = await startTestAws({ dataDir, port });

  expect(await snapshot(second.ssm, instanceId)).toEqual(before);
  second.calls.length = 0;
  await machine.ping();
  expect(second.calls).toEqual([{ operation: 'UpdateInstanceInformation', code: 'ok' }]);
  await expect(gone.register(activation)).resolves.toMatch(/^mi-/);
  await expect(gone.register(activation)).rejects.toMatchObject({ code: 'RegistrationLimitExceeded' });
});

test('whatever was answered before a kill -9 in mid-storm is there afterwards', async () => {
  const dataDir = await temporaryDirectory();
  const { ssm, kill } = await spawnAws(dataDir);
  const answered: string[] = [];
  const callers = Array.from({ length: 20 }, async (_, index) => {
    for (;;) answered.push((await activate(ssm, `host-${index}`)).activationId);
  });
  const storm = Promise.allSettled(callers);
  while (answered.length < 100) await new Promise((resolve) => setTimeout(resolve, 5));
  await kill();
  await storm;

  const restarted = await startTestAws({ dataDir });

  expect(answered.length).toBeGreaterThanOrEqual(100);
  for (let start = 0; start < answered.length; start += 50) {
    const FilterValues = answered.slice(start, start + 50);
    const Filters = [{ FilterKey: 'ActivationIds' as const, FilterValues }];
    const { ActivationList } = await restarted.ssm.send(new DescribeActivationsCommand({ Filters }));
    expect(ActivationList).toHaveLength(FilterValues.length);
  }
});

test('page tokens outlive a restart', async () => {
  const dataDir = await temporaryDirectory();
  const first = await startTestAws({ dataDir });
  for (let index = 0; index < 3; index++) await first.activate();
  const page = await first.ssm.send(new DescribeActivationsCommand({ MaxResults: 2 }));
  await first.aws.close();

  const second = await startTestAws({ dataDir });

  const { NextToken } = page;
  const { ActivationList } = await second.ssm.send(new DescribeActivationsCommand({ NextToken }));
  expect(ActivationList).toHaveLength(1);
});

test('an ActivationCode is in no file of the data directory', async () => {
  const dataDir = await temporaryDirectory();
  const { activate: create, machine, aws } = await startTestAws({ dataDir });
  const activations = [await create({ DefaultInstanceName: 'findable' }), await create()];
  for (const activation of activations) await machine().register(activation);
  const contents = async () => {
    const names = await readdir(dataDir);
    return Buffer.concat(await Promise.all(names.map((name) => readFile(join(dataDir, name)))));
  };

  const whileOpen = await contents();
  await aws.close();
  const closed = await contents();

  expect(whileOpen.includes('findable')).toBe(true);
  for (const { activationCode: code } of activations)
    for (const form of [code, Buffer.from(code).toString('base64'), Buffer.from(code).toString('hex')])
      expect(whileOpen.includes(form) || closed.includes(form)).toBe(false);
});

test('a second server on the same data directory does not start', async () => {
  const dataDir = await temporaryDirectory();
  await startTestAws({ dataDir });

  await expect(startTestAws({ dataDir })).rejects.toThrow();
});

test('a port that is taken is an error, and lets go of the data directory', async () => {
  const dataDir = await temporaryDirectory();
  const { aws } = await startTestAws();
  const port = Number(new URL(aws.url).port);

  await expect(startTestAws({ dataDir, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await expect(startTestAws({ dataDir })).resolves.toBeDefined();
});
