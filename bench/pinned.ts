import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** As little of AWS as is called; its argument is how many milliseconds each answer takes. */
export const STUB_AWS = fileURLToPath(new URL('stub-aws.ts', import.meta.url));

/** Which core a process is to have: what is measured has one for itself, and stubs and clients share the other. */
export type Core = 'measured' | 'other';

const CORES: Readonly<Record<Core, string>> = { measured: '1', other: '0' };

const canPin = ((): boolean => {
  if (availableParallelism() < 2) return false;
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

export const pinning = canPin ? 'pinned to cores of their own (taskset)' : 'not pinned to cores';

/** A Node process on its core, as the words to start it with. */
export const nodeOn = (core: Core, argv: readonly string[]): [string, string[]] =>
  canPin ? ['taskset', ['-c', CORES[core], process.execPath, ...argv]] : [process.execPath, [...argv]];

/** Starts a server that prints its address as its first line; `stop` ends it. */
export const startBeside = async (argv: readonly string[]) => {
  const child = spawn(...nodeOn('other', argv), { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const [url] = await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`${argv.join(' ')} ended with ${code}`);
    }),
  ]);
  return {
    url: String(url),
    stop: async () => {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
};
