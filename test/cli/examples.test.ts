import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { documentedProgram, leavesOf } from '../../tools/cli-docs.ts';
import { startListeningDynamoDb } from '../ledger/listening-dynamodb.ts';
import { type ServerProcess, startServer, temporaryDirectory } from '../process/server-process.ts';
import { CLI } from './command-line.ts';

/** A home in which the command is installed, as the examples have it. */
const makeHome = async (): Promise<string> => {
  const home = await temporaryDirectory();
  for (const directory of ['bin', '.ssh', '.zfunc', '.local/share/bash-completion/completions']) {
    await mkdir(join(home, directory), { recursive: true });
  }
  const command = join(home, 'bin', 'ssm-activation');
  await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
  await chmod(command, 0o755);
  await writeFile(join(home, 'policy.json'), '{"network": [{"cidrs": ["127.0.0.1/32"], "names": ["*"]}]}');
  return home;
};

/** An AWS for the examples that are on AWS: the embedded ones, where the SDK is told to find them. */
const awsOf = async ({ awsUrl, operatorKey }: ServerProcess): Promise<NodeJS.ProcessEnv> => {
  const { url } = await startListeningDynamoDb('ssm-activation');
  return {
    AWS_ENDPOINT_URL_SSM: awsUrl,
    AWS_ENDPOINT_URL_DYNAMODB: url,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: operatorKey,
  };
};

interface Ran {
  readonly code: number | null;
  readonly written: string;
}

/** Runs a line as a shell would; one that has no end is ended once it wrote what shows that it works. */
const runLine = async (line: string, home: string, env: NodeJS.ProcessEnv, enough?: RegExp): Promise<Ran> => {
  const child = spawn('bash', ['-c', enough ? `exec ${line}` : `set -o pipefail; ${line}`], {
    cwd: home,
    env,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let written = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      written += text;
      if (enough?.test(written)) child.kill('SIGTERM');
    });
  }
  child.stdin.end();
  await once(child, 'close');
  return { code: child.exitCode, written };
};

/** What shows that a command without an end works. */
const ENDLESS: Readonly<Record<string, RegExp>> = {
  'events follow': /ActivationIssued/,
  serve: /Operator key|API +http/,
};

test('every example in the help and the reference works as it stands', { timeout: 60_000 }, async () => {
  const home = await makeHome();
  const server = await startServer(join(home, '.data'));
  const environment = {
    PATH: `${join(home, 'bin')}:${process.env['PATH']}`,
    HOME: home,
    SSM_ACTIVATION_API: server.url,
    PORT: '0',
    LOCAL_AWS_PORT: '0',
    ...(await awsOf(server)),
  };
  for (const name of ['web-1', 'web-2'])
    await server.call(`/activate?name=${name}&tags=Environment=Prod,Role=web`);
  const { TokenId } = (
    await server.call('/tokens', {
      method: 'POST',
      as: server.operatorKey,
      body: { namePattern: '*', expiresAt: new Date(Date.now() + 60_000).toISOString() },
    })
  ).body;

  const failed: (Ran & { readonly line: string })[] = [];
  for (const command of leavesOf(documentedProgram())) {
    for (const { line } of command.examples) {
      const enough = Object.entries(ENDLESS).find(([words]) =>
        line.startsWith(`ssm-activation ${words}`),
      )?.[1];
      // The embedded AWS of the server that runs holds its data directory.
      const env =
        line === 'ssm-activation serve' ? { ...environment, DATA_DIR: join(home, 'other') } : environment;
      const ran = await runLine(line.replace('abcdefghijkl', String(TokenId)), home, env, enough);
      const isRight = enough ? enough.test(ran.written) : ran.code === 0;
      if (!isRight) failed.push({ line, ...ran });
    }
  }

  expect(failed).toEqual([]);
});
