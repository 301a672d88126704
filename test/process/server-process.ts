/** The real server, in a process of its own that can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SSMClient } from '@aws-sdk/client-ssm';
import { onTestFinished } from 'vitest';
import { localCredentials } from '../../src/local/credentials.ts';

const SERVER = fileURLToPath(new URL('../../src/server.ts', import.meta.url));
/** The last line of the banner. */
const STARTED = 'not for production';

export type Environment = Readonly<Record<string, string>>;

export const temporaryDirectory = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'ssm-activation-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
};

const launch = (dataDir: string, environment: Environment) => {
  const env = {
    PATH: process.env['PATH'],
    PORT: '0',
    LOCAL_AWS_PORT: '0',
    DATA_DIR: dataDir,
    ...environment,
  };
  const child = spawn(process.execPath, [SERVER], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written.stderr += text;
  });
  return { child, written };
};

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

/** Runs a server that is not expected to come up. */
export const runToEnd = async (environment: Environment, dataDir?: string) => {
  const { child, written } = launch(dataDir ?? (await temporaryDirectory()), environment);
  onTestFinished(() => void child.kill('SIGKILL'));
  const [code] = await once(child, 'close');
  return { code, ...written };
};

export interface ServerProcess {
  readonly pid: number;
  readonly url: string;
  readonly awsUrl: string;
  readonly operatorKey: string;
  /** Systems Manager itself, to look behind the service's back. */
  readonly ssm: SSMClient;
  /** Everything that the process has written so far. */
  readonly written: { readonly stdout: string; readonly stderr: string };
  /** The JSON of a route's answer and its status; a bearer token is sent when one is given. */
  call(
    path: string,
    options?: { readonly method?: string; readonly as?: string; readonly body?: object },
  ): Promise<Answer>;
  /** Resolves to the exit code; null after a signal that was not handled. */
  end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<number | null>;
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** `started` is what the server writes last of all when it starts. */
export const startServer = async (
  dataDir: string,
  environment: Environment = {},
  started = STARTED,
): Promise<ServerProcess> => {
  const { child, written } = launch(dataDir, environment);
  const end = async (signal: NodeJS.Signals) => {
    const closed = once(child, 'close');
    if (hasEnded(child)) return child.exitCode;
    child.kill(signal);
    await closed;
    return child.exitCode;
  };
  onTestFinished(async () => void (await end('SIGKILL')));
  while (!written.stdout.includes(started)) {
    await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
    if (hasEnded(child)) throw new Error(`the server ended: ${written.stderr}`);
  }
  const told = (label: string) => new RegExp(`^ +${label} +(\\S+)`, 'm').exec(written.stdout)?.[1] ?? '';
  const [url, awsUrl] = [told('API'), told('Embedded AWS')];
  const operatorKey =
    environment['OPERATOR_KEY'] ?? (await readFile(join(dataDir, 'operator-key'), 'utf8')).trim();
  const credentials = localCredentials(operatorKey);
  const ssm = new SSMClient({ endpoint: awsUrl, region: 'us-east-1', credentials });
  onTestFinished(() => ssm.destroy());

  const call: ServerProcess['call'] = async (path, { method = 'GET', as, body } = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(as && { authorization: `Bearer ${as}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: Object(await response.json()) };
  };
  return { pid: child.pid ?? 0, url, awsUrl, operatorKey, ssm, written, call, end };
};
