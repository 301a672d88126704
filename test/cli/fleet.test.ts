import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { startServer, temporaryDirectory } from '../process/server-process.ts';
import { callCli, runCli, spawnCli } from './command-line.ts';
import { seededAddress, seededId, seededName, seedNodes } from './fleet.ts';
import { isInstalled } from './installed.ts';
import { startOther } from './other-api.ts';
import { readCsv } from './read-csv.ts';

const NODES = Math.max(101, Number(process.env['FLEET_NODES'] ?? 300));
const LAST = NODES - 1;
/** At 100 a page; the end of the last but one. */
const PAGES = Math.ceil(NODES / 100);
const LAST_BUT_ONE_PAGE = seededName((PAGES - 1) * 100 - 1);
const NAMES = Array.from({ length: NODES }, (_, index) => seededName(index));

/** The real server with so many nodes, and the environment by which the command finds it. */
const startFleet = async () => {
  const directory = await temporaryDirectory();
  await seedNodes(directory, NODES);
  const { url } = await startServer(directory);
  const environment = { SSM_ACTIVATION_API: url, DATA_DIR: directory };
  const list = async (format: string) => {
    const { code, stdout, stderr } = await runCli(['nodes', 'list', '-o', format], { environment });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };
  return { url, directory, environment, list };
};

/** Hands requests on to an API; those that are held, once `held` resolves. Resolves to its own address. */
const startHoldingBack = (url: string, isHeld: () => boolean, held: Promise<unknown>) =>
  startOther(async ({ url: path = '', method, headers }, response) => {
    if (isHeld()) await held;
    request(new URL(path, url), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    }).end();
  });

describe(`a fleet of ${NODES}`, () => {
  test('is listed whole, each node once, by its name and online, with the key that the server keeps', async () => {
    const { environment } = await startFleet();

    const { code, stdout, stderr } = await callCli(['nodes', 'list', '-o', 'ndjson'], environment);

    const nodes = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(nodes.map(({ Name, InstanceId, PingStatus }) => [Name, InstanceId, PingStatus])).toEqual(
      NAMES.map((name, index) => [name, seededId(index), 'Online']),
    );
  });

  test('is shown as ndjson and as CSV while its last page is still waited for', async () => {
    const { url, environment } = await startFleet();
    for (const format of ['ndjson', 'csv']) {
      const shown = Promise.withResolvers<void>();
      let asked = 0;
      const slow = await startHoldingBack(url, () => ++asked === PAGES, shown.promise);
      const child = spawnCli(['nodes', 'list', '-o', format], { ...environment, SSM_ACTIVATION_API: slow });
      child.stdin.end();

      let seen = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        seen += chunk;
        if (seen.includes(LAST_BUT_ONE_PAGE)) shown.resolve();
      });
      await once(child, 'close');

      expect({ code: child.exitCode, whole: seen.includes(seededName(LAST)) }).toEqual({
        code: 0,
        whole: true,
      });
    }
  });

  test('is one in which a node is found by its name and by its id', async () => {
    const { environment } = await startFleet();

    for (const given of [seededName(LAST), seededId(LAST)]) {
      const { stdout } = await runCli(['nodes', 'show', given, '-o', 'json'], { environment });
      expect(JSON.parse(stdout)).toMatchObject({
        Name: seededName(LAST),
        InstanceId: seededId(LAST),
        Status: 'Registered',
        PingStatus: 'Online',
        IPAddress: seededAddress(LAST),
        Identity: { Proof: 'network', Subject: '127.0.0.1' },
      });
    }
  });

  test('is read by a reader of CSV', async () => {
    const { list } = await startFleet();

    const [header = [], ...rows] = readCsv(await list('csv'));

    expect(header.slice(0, 2)).toEqual(['Name', 'InstanceId']);
    expect(rows.map(([name, id]) => [name, id])).toEqual(NAMES.map((name, index) => [name, seededId(index)]));
    expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([header.length]));
  });

  test.skipIf(!isInstalled('ansible-inventory'))('is taken by Ansible, with its groups', async () => {
    const { list, directory } = await startFleet();
    const [inventory, script] = [join(directory, 'inventory.json'), join(directory, 'inventory')];
    await writeFile(inventory, await list('ansible'));
    await writeFile(script, `#!/bin/sh\nexec cat '${inventory}'\n`);
    await chmod(script, 0o755);

    const { stdout } = await promisify(execFile)('ansible-inventory', ['-i', script, '--list'], {
      maxBuffer: 1 << 26,
    });

    const { _meta, tag_Role_web: web } = JSON.parse(stdout);
    expect(Object.keys(_meta.hostvars).sort()).toEqual(NAMES);
    expect(_meta.hostvars[seededName(LAST)].ansible_aws_ssm_instance_id).toBe(seededId(LAST));
    expect(web.hosts.toSorted()).toEqual(NAMES);
  });

  test.skipIf(!isInstalled('ssh'))('is taken by ssh, the last host too', async () => {
    const { list, directory } = await startFleet();
    const file = join(directory, 'ssh-config');
    await writeFile(file, await list('ssh-config'));

    const resolved = await promisify(execFile)('ssh', ['-G', '-F', file, seededName(LAST)]);

    expect(resolved.stdout).toContain(`hostname ${seededId(LAST)}\n`);
    expect(resolved.stdout).toContain('proxycommand aws ssm start-session');
  });
});
