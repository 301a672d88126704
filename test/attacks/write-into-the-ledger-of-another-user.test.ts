/** Another user of the same machine wants what the server's user has: its ledger, its Systems Manager, its key. */
import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateActivationCommand, DescribeActivationsCommand, SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startEmbeddedDynamoDb } from '../../src/local/embedded-dynamodb.ts';
import { hasCommand } from '../bootstrap/clean-machine.ts';
import { runToEnd, startServer, temporaryDirectory } from '../process/server-process.ts';
import { portsOf } from './listening.ts';
import { sendRaw } from './raw-request.ts';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const obstacle =
  isRoot && hasCommand('curl') ? undefined : 'only root can become another user, who needs curl';
const testAsAnother = (name: string, run: () => Promise<void>) =>
  obstacle ? test.skip(`${name} (skipped: ${obstacle})`, run) : test(name, run);

const isLinux = process.platform === 'linux';

describe('the ledger', () => {
  test.skipIf(!isLinux)('no port that the server opens is a DynamoDB', async () => {
    const server = await startServer(await temporaryDirectory());
    const ports = portsOf(server.pid);

    const answers = await Promise.all(
      ports.map((port) =>
        sendRaw(`http://127.0.0.1:${port}`, {
          method: 'POST',
          target: '/',
          headers: [
            ['Host', `127.0.0.1:${port}`],
            ['X-Amz-Target', 'DynamoDB_20120810.ListTables'],
            ['Content-Type', 'application/x-amz-json-1.0'],
            ['X-Amz-Date', '20261121T100000Z'],
            [
              'Authorization',
              'AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=h, Signature=s',
            ],
          ],
          body: '{}',
        }),
      ),
    );

    const known = [server.url, server.awsUrl].map((url) => Number(new URL(url).port));
    expect(ports.toSorted()).toEqual(known.toSorted());
    expect(answers.filter(({ body }) => body.includes('TableNames'))).toEqual([]);
  });

  const curl = (socketPath: string, uid: number) =>
    promisify(execFile)('curl', ['-sS', '--unix-socket', socketPath, 'http://localhost/'], { uid });

  testAsAnother('another user cannot connect to its socket, in memory or in a data directory', async () => {
    const directory = join(await temporaryDirectory(), 'ledger');
    const ledgers = [await startEmbeddedDynamoDb('ledger'), await startEmbeddedDynamoDb('ledger', directory)];
    onTestFinished(async () => void (await Promise.all(ledgers.map((ledger) => ledger.close()))));

    for (const { socketPath } of ledgers) {
      expect((await curl(socketPath, 0)).stdout).toContain('healthy');
      await expect(curl(socketPath, NOBODY)).rejects.toThrow(/ermission denied|connect/);
    }
  });

  test('in a directory of a long path it listens elsewhere, and leaves nothing there', async () => {
    const directory = join(await temporaryDirectory(), 'x'.repeat(120), 'ledger');
    await mkdir(directory, { recursive: true });

    const ledger = await startEmbeddedDynamoDb('ledger', directory);
    const socketDirectory = await stat(join(ledger.socketPath, '..'));
    await ledger.close();

    expect(socketDirectory.mode & 0o777).toBe(0o700);
    await expect(stat(join(ledger.socketPath, '..'))).rejects.toThrow('ENOENT');
  });

  test('a server that was killed leaves a socket behind, with which the next one has no trouble', async () => {
    const directory = await temporaryDirectory();
    const first = await startServer(directory);
    await first.call('/activate?name=web-1');
    await first.end('SIGKILL');
    expect(await readdir(directory)).toContain('ledger.sock');

    const second = await startServer(directory);

    const { body } = await second.call('/nodes', { as: second.operatorKey });
    expect(body['Nodes']).toMatchObject([{ Name: 'web-1' }]);
  });
});

describe('Systems Manager', () => {
  const operatorOf = (endpoint: string, secretAccessKey: string, clock = 0) => {
    const credentials = { accessKeyId: 'local', secretAccessKey };
    const ssm = new SSMClient({
      endpoint,
      region: 'us-east-1',
      credentials,
      systemClockOffset: clock,
      maxAttempts: 1,
    });
    onTestFinished(() => ssm.destroy());
    return ssm;
  };

  test('a stranger’s signature makes no activation, the operator key’s does', async () => {
    const { awsUrl, operatorKey } = await startServer(await temporaryDirectory());
    const order = new CreateActivationCommand({ IamRole: 'ssm-activation-node' });

    await expect(operatorOf(awsUrl, 'local').send(order)).rejects.toThrow('The signature does not match');
    await expect(operatorOf(awsUrl, '').send(order)).rejects.toThrow();
    await operatorOf(awsUrl, operatorKey).send(order);

    const { ActivationList } = await operatorOf(awsUrl, operatorKey).send(new DescribeActivationsCommand());
    expect(ActivationList).toHaveLength(1);
  });

  test('a signature of an hour ago is worth nothing, though it is the operator’s', async () => {
    const { awsUrl, operatorKey } = await startServer(await temporaryDirectory());

    const late = operatorOf(awsUrl, operatorKey, -3_600_000).send(new DescribeActivationsCommand());

    await expect(late).rejects.toThrow('Signature expired');
  });
});

describe('a data directory that was there before', () => {
  test('which others may read is closed to them', async () => {
    const directory = await temporaryDirectory();
    await chmod(directory, 0o755);

    await startServer(directory);

    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  test('which others may write is refused: the key in it may be theirs', async () => {
    const directory = await temporaryDirectory();
    await chmod(directory, 0o777);

    const { code, stderr } = await runToEnd({}, directory);

    expect(code).toBe(1);
    expect(stderr).toContain(`The directory ${directory} may be written by other users`);
    expect(stderr).toContain('DATA_DIR');
    expect(await readdir(directory)).toEqual([]);
  });

  testAsAnother('which is another user’s is refused', async () => {
    const directory = await temporaryDirectory();
    await chown(directory, NOBODY, NOBODY);

    const { code, stderr } = await runToEnd({}, directory);

    expect(code).toBe(1);
    expect(stderr).toContain(`The directory ${directory} belongs to the user ${NOBODY}`);
  });
});
