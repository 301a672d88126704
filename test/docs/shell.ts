import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from '../process/server-process.ts';

export interface Outcome {
  /** Of the last command that failed; 0 when none did, NaN when the shell ended or the commands did not. */
  readonly status: number;
  /** Both streams, as a terminal shows them. */
  readonly written: string;
}

/** A shell into which a page's commands are pasted, one fence after the other: what one sets the next one has. */
export interface PageShell {
  paste(text: string): Promise<Outcome>;
}

const PASTE = fileURLToPath(new URL('paste.sh', import.meta.url));
const PATIENCE_MS = 180_000;

export const openShell = async (directory: string, env: NodeJS.ProcessEnv): Promise<PageShell> => {
  const desk = await temporaryDirectory();
  const [pasted, written] = [join(desk, 'pasted'), join(desk, 'written')];
  const shell = spawn('bash', ['--noprofile', '--norc'], {
    cwd: directory,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void shell.kill('SIGKILL'));
  const endings = createInterface(shell.stdout)[Symbol.asyncIterator]();
  shell.stdin.write(`. '${PASTE}'\n`);
  return {
    paste: async (text) => {
      await writeFile(pasted, `${text}\n`);
      shell.stdin.write(`paste '${pasted}' >'${written}' 2>&1 </dev/null; echo "$failed"\n`);
      const ended = await Promise.race([
        endings.next(),
        sleep(PATIENCE_MS, { value: 'it did not end' }, { ref: false }),
      ]);
      return { status: Number(ended.value), written: await readFile(written, 'utf8') };
    },
  };
};
