import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type CleanMachine, whyNoMachine } from './clean-machine.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { type Booted, type Stage, setStage } from './stage.ts';

const obstacle = whyNoMachine();
/** These must be given the code on their command line: AWS's tools take it nowhere else. */
const AGENT = /ssm-setup-cli|amazon-ssm-agent/;

const read = (path: string) => readFile(path, 'latin1').catch(() => '');

/** Collects what any local user can read of a machine's processes, until stopped. */
const watchProcesses = ({ root }: CleanMachine) => {
  const commandLines = new Set<string>();
  const environments = new Map<string, string>();
  let over = false;
  const watch = async () => {
    while (!over) {
      const pids = (await readdir(`${root}/proc`)).filter((name) => /^\d+$/.test(name));
      for (const pid of pids) {
        const commandLine = await read(`${root}/proc/${pid}/cmdline`);
        commandLines.add(commandLine);
        environments.set(commandLine, await read(`${root}/proc/${pid}/environ`));
      }
      await sleep(1);
    }
  };
  const watching = watch();
  return {
    commandLines,
    environments,
    stop: async () => {
      over = true;
      await watching;
    },
  };
};

/** Every file of the machine's own file systems that holds the text. */
const filesWith = async (root: string, text: string): Promise<readonly string[]> => {
  const search = async (directory: string): Promise<string[]> => {
    const entries = await readdir(join(root, directory), { withFileTypes: true });
    const found = await Promise.all(
      entries.map(async (entry) => {
        const path = join(directory, entry.name);
        if (entry.isDirectory()) return search(path);
        return entry.isFile() && (await read(join(root, path))).includes(text) ? [path] : [];
      }),
    );
    return found.flat();
  };
  return (await Promise.all(['etc', 'root', 'run', 'tmp', 'var'].map(search))).flat();
};

const codeIn = ({ seen }: Gateway): string => {
  const answers = seen.filter(({ url }) => url.includes('/activate')).map(({ answer = '' }) => answer);
  return z
    .string()
    .min(10)
    .parse(/^ACTIVATION_CODE='(.*)'$/m.exec(answers.join('\n'))?.[1]);
};

describe.skipIf(obstacle !== undefined)(`secrets${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage();
  });
  afterAll(() => stage?.close());

  /** A machine whose every step is slow enough to be seen. */
  const watched = async (
    booted: Booted,
    run: (env: Record<string, string>) => Promise<{ code: number | null; output: string }>,
  ) => {
    const gateway = await startGateway(stage.service.url, { delayMs: 300 });
    await booted.machine.write('etc/agent-is-slow', '0.3');
    const processes = watchProcesses(booted.machine);
    const { code, output } = await run({ SSM_ACTIVATION_API: gateway.url });
    await processes.stop();
    await gateway.close();
    expect(code, output).toBe(0);
    return { ...processes, output, code: codeIn(gateway) };
  };

  test.concurrent('neither token nor code is in any argument list but the agent’s own', () =>
    stage.onMachine({}, async (booted) => {
      const { Token: token } = await stage.service.token('quiet-*');
      const flags = ['--name', 'quiet-1', '--follow-up-tags', 'Ready=yes'];
      const { commandLines, environments, code, output } = await watched(booted, (env) =>
        booted.bootstrap(flags, { env: { ...env, SSM_ACTIVATION_TOKEN: token } }),
      );
      const lines = [...commandLines];
      expect(lines.filter((line) => /curl\0.*activate/.test(line))).not.toEqual([]);
      const withCode = lines.filter((line) => line.includes(code));
      expect(withCode).not.toEqual([]);
      expect(withCode.filter((line) => !AGENT.test(line))).toEqual([]);
      expect(lines.filter((line) => line.includes(token))).toEqual([]);
      const agents = [...environments].filter(([line]) => AGENT.test(line));
      expect(agents.filter(([, environment]) => environment.includes(token))).toEqual([]);
      expect(output).not.toContain(token);
      expect(output).not.toContain(code);
    }));

  test.concurrent('no file that is left behind holds either, and the token file is removed when asked', () =>
    stage.onMachine({}, async (booted) => {
      const { machine } = booted;
      const { Token: token } = await stage.service.token('tidy-*');
      await machine.write('etc/join-token', `${token}\n`, 0o600);
      const flags = ['--name', 'tidy-1', '--token-file', '/etc/join-token', '--remove-token-file'];
      const { code } = await watched(booted, (env) => booted.bootstrap(flags, { env }));
      expect(await filesWith(machine.root, 'managed-node=mi-')).toEqual([
        'var/lib/ssm-activation/registered',
      ]);
      expect(await filesWith(machine.root, code)).toEqual([]);
      expect(await filesWith(machine.root, token)).toEqual([]);
    }));

  test.concurrent('a run that is killed leaves none behind either', () =>
    stage.onMachine({}, async ({ machine, env }) => {
      const { Token: token } = await stage.service.token('shot-*');
      const gateway = await startGateway(stage.service.url);
      await machine.write('etc/installer-hangs', '');
      const secret = {
        SSM_ACTIVATION_API: gateway.url,
        SSM_ACTIVATION_TOKEN: token,
        SSM_ACTIVATION_NAME: 'shot-1',
      };
      const run = machine.start(['/bin/sh', '/root/bootstrap.sh'], { env: { ...env, ...secret } });
      while (!(await read(`${machine.root}/var/log/calls`)).includes('ssm-setup-cli')) await sleep(20);
      process.kill(-Number(run.pid), 'SIGKILL');
      await gateway.close();
      expect(await filesWith(machine.root, codeIn(gateway))).toEqual([]);
      expect(await filesWith(machine.root, token)).toEqual([]);
    }));
});
