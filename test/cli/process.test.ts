import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startServer, temporaryDirectory } from '../process/server-process.ts';
import { CLI, callCli, spawnCli } from './command-line.ts';
import { seedNodes } from './fleet.ts';

/** The real server, and the environment by which the real command finds it. */
const startFleet = async (count: number) => {
  const dataDir = await temporaryDirectory();
  if (count > 0) await seedNodes(dataDir, count);
  const server = await startServer(dataDir);
  const environment = { SSM_ACTIVATION_API: server.url, DATA_DIR: dataDir };
  const shell = (script: string) =>
    promisify(execFile)('bash', ['-c', script, process.execPath, CLI], {
      env: { ...process.env, ...environment, XDG_CONFIG_HOME: dataDir },
    });
  return { server, environment, shell };
};

describe('the command', () => {
  test('ends quietly when its reader has enough', async () => {
    const { shell } = await startFleet(300);

    const { stdout, stderr } = await shell('set -o pipefail; "$0" "$1" nodes list -o ndjson | head -1');

    expect({ stderr, first: JSON.parse(stdout) }).toMatchObject({ stderr: '', first: { Name: 'node-0000' } });
  });

  test('shows one node by its name, and ends with the exit code of what it met', async () => {
    const { environment } = await startFleet(3);

    const [found, unknown] = await Promise.all([
      callCli(['nodes', 'show', 'node-0001', '-o', 'json'], environment),
      callCli(['nodes', 'show', 'nobody'], environment),
    ]);

    expect(JSON.parse(found.stdout)).toMatchObject({ InstanceId: 'mi-00000000000000001' });
    expect({ code: unknown.code, stdout: unknown.stdout }).toEqual({ code: 4, stdout: '' });
  });

  test('follows events as they come, the oldest first', async () => {
    const { server, environment } = await startFleet(0);
    await server.call('/activate?name=early');
    const child = spawnCli(['events', 'follow', '--interval', '0.1', '-o', 'json'], environment);
    const lines = createInterface(child.stdout);
    const seen: string[] = [];

    for await (const line of lines) {
      seen.push(JSON.parse(line).Name);
      if (seen.length === 1) await server.call('/activate?name=late-1');
      if (seen.length === 2) await server.call('/activate?name=late-2');
      if (seen.length === 3) break;
    }

    expect(seen).toEqual(['early', 'late-1', 'late-2']);
  });

  test('watches nodes, and writes those that change into a pipe', async () => {
    const { server, environment } = await startFleet(0);
    await server.call('/activate?name=web-1');
    const child = spawnCli(['nodes', 'list', '--watch', '--interval', '0.1', '-o', 'ndjson'], environment);
    const seen: string[] = [];

    for await (const line of createInterface(child.stdout)) {
      seen.push(JSON.parse(line).Name);
      if (seen.length === 1) await server.call('/activate?name=web-2');
      if (seen.length === 2) await server.call('/tag?name=web-1&tags=A=b');
      if (seen.length === 3) break;
    }

    expect(seen).toEqual(['web-1', 'web-2', 'web-1']);
  });

  test('serve that cannot listen says why, and ends', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const port = String(Object(other.address()).port);
    const environment = { LOCAL_AWS_PORT: '0', DATA_DIR: await temporaryDirectory() };

    const { code, stdout, stderr } = await callCli(['serve', '--port', port], environment);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`address already in use 127.0.0.1:${port}`);
  });

  test('serve is the server, and reconcile works on its ledger when it has ended', async () => {
    const dataDir = await temporaryDirectory();
    const environment = { PORT: '8080', LOCAL_AWS_PORT: '0', DATA_DIR: dataDir };
    const child = spawnCli(['serve', '--port', '0'], environment);
    const closed = once(child, 'close');
    let banner = '';
    for await (const chunk of child.stdout) {
      banner += String(chunk);
      if (banner.includes('not for production')) break;
    }
    const [, url] = /API +(\S+)/.exec(banner) ?? [];

    expect((await fetch(`${url}/livez`)).status).toBe(200);
    child.kill('SIGTERM');
    await closed;
    expect(child.exitCode).toBe(0);
    expect(await callCli(['reconcile', '-o', 'json'], environment)).toMatchObject({
      code: 0,
      stdout: '[]\n',
      stderr: '0 differences\n',
    });
  });
});
