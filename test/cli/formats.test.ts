import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { activate, bootMachine } from '../http/api.ts';
import { startCli } from './command-line.ts';
import { isInstalled } from './installed.ts';
import { readCsv } from './read-csv.ts';

const temporaryFile = async (name: string, text: string): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'cli-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, name), text);
  return join(directory, name);
};

/** Two machines that registered, one that did not, and a name that is awkward everywhere. */
const startFleet = async () => {
  const started = await startCli();
  const { api } = started;
  const web = await bootMachine(api, 'web-1', 'Environment=Prod,Role=web');
  const awkward = await bootMachine(api, 'Zürich: 2/a b', 'Environment=Prod,Note=a b');
  await activate(api, { name: 'web-2', tags: 'Role=web' });
  return { ...started, web: web.instanceId, awkward: awkward.instanceId };
};

const Names = z.array(z.looseObject({ Name: z.string() }));
const NAMES = ['Zürich: 2/a b', 'web-1', 'web-2'];
const namesIn = (entries: unknown) =>
  Names.parse(entries)
    .map(({ Name }) => Name)
    .toSorted();

describe('nodes list', () => {
  test('is a table with a header, nothing cut in a pipe', async () => {
    const { cli, web } = await startFleet();

    const { stdout, stderr, code } = await cli('nodes list');

    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^NAME +INSTANCE ID +STATUS +PING STATUS +LAST PING DATE TIME +IDENTITY +TAGS$/);
    expect(lines.find((line) => line.startsWith('web-1'))).toContain(`${web}  Registered  Online`);
    expect({ code, stderr, lines: lines.length }).toEqual({ code: 0, stderr: '', lines: 5 });
  });

  test('is JSON', async () => {
    const { cli } = await startFleet();

    expect(namesIn(JSON.parse((await cli('nodes list -o json')).stdout))).toEqual(NAMES);
  });

  test('is an empty array as JSON and YAML when there is nothing', async () => {
    const { cli } = await startCli();

    expect(JSON.parse((await cli('nodes list -o json')).stdout)).toEqual([]);
    expect(parse((await cli('nodes list -o yaml')).stdout)).toEqual([]);
  });

  test('is a JSON object a line', async () => {
    const { cli } = await startFleet();

    const lines = (await cli('nodes list -o ndjson')).stdout.trimEnd().split('\n');

    expect(namesIn(lines.map((line) => JSON.parse(line)))).toEqual(NAMES);
  });

  test('is YAML of the same as JSON', async () => {
    const { cli } = await startFleet();

    const [yaml, json] = [await cli('nodes list -o yaml'), await cli('nodes list -o json')];

    expect(parse(yaml.stdout)).toEqual(JSON.parse(json.stdout));
  });

  test('is CSV with every field', async () => {
    const { cli, web } = await startFleet();

    const [header = [], ...rows] = readCsv((await cli('nodes list -o csv')).stdout);

    const entries = rows.map((row) => Object.fromEntries(header.map((field, i) => [field, row[i]])));
    expect(namesIn(entries)).toEqual(NAMES);
    expect(entries.find(({ Name }) => Name === 'web-1')).toMatchObject({
      InstanceId: web,
      Status: 'Registered',
      PingStatus: 'Online',
      IPAddress: '127.0.0.1',
      Identity: 'network 127.0.0.1',
      Tags: 'Environment=Prod,Role=web',
    });
  });

  test.skipIf(!isInstalled('ansible-inventory'))(
    'is an inventory that Ansible takes from a script',
    async () => {
      const { cli, web, awkward } = await startFleet();
      const inventory = await temporaryFile('inventory.json', (await cli('nodes list -o ansible')).stdout);
      const script = await temporaryFile('inventory', `#!/bin/sh\nexec cat '${inventory}'\n`);
      await chmod(script, 0o755);

      const { stdout } = await promisify(execFile)('ansible-inventory', ['-i', script, '--list']);

      expect(JSON.parse(stdout)).toMatchObject({
        _meta: {
          hostvars: {
            'web-1': {
              ansible_connection: 'community.aws.aws_ssm',
              ansible_aws_ssm_instance_id: web,
              ansible_aws_ssm_region: 'us-east-1',
              ssm_ping_status: 'Online',
            },
            'Zürich: 2/a b': { ansible_aws_ssm_instance_id: awkward },
          },
        },
        tag_Environment_Prod: { hosts: expect.arrayContaining(['web-1', 'Zürich: 2/a b']) },
        tag_Role_web: { hosts: ['web-1'] },
      });
    },
  );

  test.skipIf(!isInstalled('ssh'))('is a configuration by which ssh reaches nodes', async () => {
    const { cli, web, awkward } = await startFleet();
    const { stdout, stderr } = await cli('nodes list -o ssh-config --region eu-west-1');
    const file = await temporaryFile('config', stdout);

    for (const [host, hostName] of [
      ['web-1', web],
      [web, web],
      [awkward, awkward],
    ]) {
      const resolved = (await promisify(execFile)('ssh', ['-G', '-F', file, host ?? ''])).stdout;
      expect(resolved).toContain(`hostname ${hostName}\n`);
      expect(resolved).toContain('proxycommand aws ssm start-session --region eu-west-1 --target %h');
    }
    expect(stderr).toContain(`Zürich: 2/a b cannot be a host of ssh: reach it as ${awkward}.`);
  });

  test('is lines for /etc/hosts, of the nodes that have an address', async () => {
    const { cli, web, awkward } = await startFleet();

    const { stdout } = await cli('nodes list -o hosts');

    expect(stdout.split('\n').toSorted()).toEqual(
      ['', `127.0.0.1\t${awkward}`, `127.0.0.1\tweb-1 ${web}`].toSorted(),
    );
  });

  test('is what its options ask for', async () => {
    const { cli } = await startFleet();
    const names = async (options: string) =>
      namesIn(JSON.parse((await cli(`nodes list -o json ${options}`)).stdout));

    expect(await names('--prefix web-')).toEqual(['web-1', 'web-2']);
    expect(await names('--tag Environment=Prod')).toEqual(['Zürich: 2/a b', 'web-1']);
    expect(await names('--status Issued')).toEqual(['web-2']);
    expect(await names('--limit 1')).toHaveLength(1);
  });
});

test('the formats of nodes are for nothing else', async () => {
  const { cli } = await startCli();

  const { code, stderr } = await cli('tokens list -o ansible');

  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'error: -o ansible is for the nodes that `nodes list` and `nodes show` give.\n',
  });
});
