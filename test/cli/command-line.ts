import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { type Api, startApi } from '../http/api.ts';
import { OPERATOR_KEY } from '../service.ts';
import { checkAnswers } from './documented-answers.ts';

export const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly environment?: NodeJS.ProcessEnv;
  readonly stdin?: string;
  /** The width of the terminal that it runs on; absent, there is none. */
  readonly columns?: number;
}

/** Nothing of the machine that the tests run on: no configuration file, no credentials. */
const BARE = { XDG_CONFIG_HOME: '/nonexistent', HOME: '/nonexistent' };

/** Runs one command in this process. */
export const runCli = async (
  words: readonly string[],
  { environment = {}, stdin = '', columns }: Surroundings = {},
): Promise<Ended> => {
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (chunk: string) => {
      written[name] += chunk;
      return true;
    },
    once: () => {},
    ...(columns !== undefined && { isTTY: true, columns }),
  });
  const code = await run(words, {
    stdin: Object.assign(Readable.from([stdin]), { isTTY: columns !== undefined }),
    stdout: output('stdout'),
    stderr: output('stderr'),
    environment: { ...BARE, ...environment },
    now: () => new Date(),
  });
  return { code, ...written };
};

/** The service, with a command line that is set up for it; every answer is held against the OpenAPI document. */
export const startCli = async () => {
  checkAnswers();
  const api: Api = await startApi();
  const environment = { SSM_ACTIVATION_API: api.app.listeningOrigin, OPERATOR_KEY };
  return {
    api,
    environment,
    cli: (words: string, surroundings: Surroundings = {}) =>
      runCli(words.split(' '), {
        ...surroundings,
        environment: { ...environment, ...surroundings.environment },
      }),
  };
};

/** Starts the real command in a process of its own. */
export const spawnCli = (
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
): ChildProcessWithoutNullStreams => {
  const env = { PATH: process.env['PATH'], ...BARE, ...environment };
  const child = spawn(process.execPath, [CLI, ...words], { env });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
};

/** Runs the real command to its end. */
export const callCli = async (words: readonly string[], environment: NodeJS.ProcessEnv): Promise<Ended> => {
  const child = spawnCli(words, environment);
  child.stdin.end();
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout, stderr };
};
