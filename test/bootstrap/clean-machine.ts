import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
/** Where the machine finds what stands in for AWS's programs, and what runs it. */
const STAND_INS = { STAND_IN: '/repository/test/bootstrap/stand-in', STAND_IN_NODE: '/node/node' };

export type Shell = 'dash' | 'bash' | 'busybox';

/** Without root, a user namespace in which this user is root does as well, where the host allows it. */
const OWN_USERS = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
const NAMESPACES = [...OWN_USERS, '--mount', '--pid', '--fork', '--kill-child'];

const runs = (command: string, args: readonly string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

export const hasCommand = (command: string): boolean => runs('sh', ['-c', `command -v ${command}`]);

const TOOLS = ['curl', 'flock', 'gpg', 'gpgv', 'nsenter', 'dpkg'];

/** Why no clean machine can be had here, or undefined when one can. */
export const whyNoMachine = (): string | undefined => {
  const missing = TOOLS.filter((tool) => !hasCommand(tool));
  if (missing.length > 0) return `missing: ${missing.join(', ')}`;
  return runs('unshare', [...NAMESPACES, 'mount', '-t', 'tmpfs', 'none', '/mnt'])
    ? undefined
    : 'unshare may not make mount and PID namespaces here';
};

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** A machine with a file system and processes of its own, which has only what a minimal image has. */
export interface CleanMachine {
  /** Its root directory, as this process sees it. */
  readonly root: string;
  /** Runs one command in it; `output` holds both streams. */
  run(command: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** Starts one in a process group of its own. */
  start(command: readonly string[], options?: RunOptions): ChildProcess;
  write(path: string, content: string | Uint8Array, mode?: number): Promise<void>;
  read(path: string): Promise<string>;
  stop(): Promise<void>;
}

/** The first process of the new PID namespace: unshare's one child. */
const childOf = async (pid: number): Promise<number> =>
  Number((await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ')[0]);

export const startMachine = async (shell: Shell = 'dash'): Promise<CleanMachine> => {
  const mountPoint = await mkdtemp(join(tmpdir(), 'machine-'));
  const setUp = [
    `${REPOSITORY}/test/bootstrap/clean-root.sh`,
    mountPoint,
    shell,
    REPOSITORY,
    dirname(process.execPath),
  ];
  const unshare = spawn('unshare', [...NAMESPACES, 'sh', ...setUp], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ready = await Promise.race([once(unshare.stdout, 'data'), once(unshare, 'exit')]);
  if (!String(ready[0]).includes('ready') || unshare.pid === undefined) throw new Error('no clean machine');
  const init = await childOf(unshare.pid);
  const root = `/proc/${init}/root`;
  const enter = [
    ...(OWN_USERS.length > 0 ? ['--user', '--preserve-credentials'] : []),
    '-m',
    '-p',
    '-r',
    '-w',
  ];

  const start = (command: readonly string[], { env = {}, input }: RunOptions = {}) => {
    const child = spawn('nsenter', ['-t', String(init), ...enter, ...command], {
      env: { PATH: '/usr/bin:/bin', ...STAND_INS, ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: true,
    });
    child.stdin?.end(input);
    return child;
  };

  return {
    root,
    start,
    run: async (command, options) => {
      const child = start(command, options);
      const streams = [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : ''));
      const [outputs, [code]] = await Promise.all([Promise.all(streams), once(child, 'close')]);
      return { code, output: outputs.join('') };
    },
    write: (path, content, mode = 0o644) => writeFile(join(root, path), content, { mode }),
    read: (path) => readFile(join(root, path), 'utf8'),
    stop: async () => {
      unshare.stdin.end();
      await once(unshare, 'exit');
      await rm(mountPoint, { recursive: true });
    },
  };
};
