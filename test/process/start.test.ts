import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runToEnd, startServer, temporaryDirectory } from './server-process.ts';

const shell = async (line: string) => {
  const { stdout } = await promisify(execFile)('sh', ['-c', line]);
  return JSON.parse(stdout);
};

const lineWith = (text: string, part: string) =>
  text.split('\n').find((line) => line.includes('curl') && line.includes(part)) ?? '';

test('the lines that the server prints work when pasted, the first in under a second', async () => {
  const { written } = await startServer(await temporaryDirectory());

  const start = performance.now();
  const activation = await shell(lineWith(written.stdout, '/activate?'));
  const took = performance.now() - start;
  const nodes = await shell(lineWith(written.stdout, '/nodes'));

  expect(activation).toMatchObject({
    ActivationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    ActivationCode: expect.stringMatching(/^.{20}$/),
    Name: 'web-1',
    Region: 'us-east-1',
    Tags: { Environment: 'Dev', Role: 'web' },
  });
  expect(took).toBeLessThan(1_000);
  expect(nodes.Nodes).toMatchObject([{ Name: 'web-1', Status: 'Issued' }]);
});

test('an operator key that is given is the one that counts, and none is kept', async () => {
  const given = 'a-key-that-the-operator-chose';
  const server = await startServer(await temporaryDirectory(), { OPERATOR_KEY: given });

  expect(server.operatorKey).toBe(given);
  expect((await server.call('/nodes', { as: given })).status).toBe(200);
  expect((await server.call('/nodes', { as: 'another-key-of-20-characters' })).status).toBe(401);
});

describe('a server that cannot start says why in few words and exits with 1:', () => {
  test('every environment variable that is wrong is named, and no value of the key is shown', async () => {
    const { code, stdout, stderr } = await runToEnd({
      BACKEND: 'azure',
      PORT: 'eighty',
      LOCAL_AWS_PORT: '70000',
      OPERATOR_KEY: 'short-secret',
      LOCAL_SSM_FAULT_RATE: '2',
    });

    expect(code).toBe(1);
    expect(stdout).toBe('');
    for (const name of ['BACKEND', 'PORT', 'LOCAL_AWS_PORT', 'OPERATOR_KEY', 'LOCAL_SSM_FAULT_RATE']) {
      expect(stderr).toMatch(new RegExp(`^ *${name}: `, 'm'));
    }
    expect(stderr).not.toContain('short-secret');
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test.each(['PORT', 'LOCAL_AWS_PORT'])('%s is taken', async (variable) => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const port = String(Object(other.address()).port);

    const { code, stderr } = await runToEnd({ [variable]: port });

    expect(code).toBe(1);
    expect(stderr).toContain(`address already in use 127.0.0.1:${port}`);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test('DATA_DIR is in use by another server', async () => {
    const directory = await temporaryDirectory();
    const first = await startServer(directory);

    const { code, stderr } = await runToEnd({}, directory);

    expect(code).toBe(1);
    expect(stderr).toContain(directory);
    expect(stderr).not.toMatch(/^ +at /m);
    expect((await first.call('/livez')).status).toBe(200);
  });

  test('HOST is no address of this machine', async () => {
    const { code, stderr } = await runToEnd({ HOST: '192.0.2.1' });

    expect(code).toBe(1);
    expect(stderr).toContain('192.0.2.1');
  });
});
