import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Answer, type Call, type Door, PATIENCE_MS, timed } from './door.ts';
import type { Stage } from './stage.ts';

const SERVER = fileURLToPath(new URL('../../src/server.ts', import.meta.url));
const OPERATOR_KEY = 'operator-key-of-the-fault-tests';

/** The real server in a process of its own, on a stage's AWS. */
export interface ServedProcess extends Door {
  readonly kind: 'server';
  readonly url: string;
  /** With a signal of the caller's own, which hangs up. @throws what fetch throws */
  ask(call: Call, hangUp?: AbortSignal): Promise<Answer>;
  /** The memory that it holds, in megabytes. */
  residentMb(): number;
  /** What it has written to its log. */
  log(): string;
  signal(signal: NodeJS.Signals): void;
  /** Resolves to the exit code; null after a signal that was not handled. */
  ended(): Promise<number | null>;
}

export const startServed = async (
  { environment }: Stage,
  nodeOptions: readonly string[] = [],
): Promise<ServedProcess> => {
  const env = { PATH: process.env['PATH'], BACKEND: 'aws', PORT: '0', OPERATOR_KEY, ...environment };
  const child = spawn(process.execPath, [...nodeOptions, SERVER], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const url = await addressTold(child, () => log);

  const ask = (call: Call, hangUp?: AbortSignal): Promise<Answer> => {
    const { method, path, query = {}, body, bearer = call.asOperator ? OPERATOR_KEY : undefined } = call;
    const asked = new URLSearchParams(query).toString();
    const patience = AbortSignal.timeout(PATIENCE_MS);
    return timed(async () => {
      try {
        const response = await fetch(`${url}${path}${asked && `?${asked}`}`, {
          method,
          headers: {
            ...(bearer && { authorization: `Bearer ${bearer}` }),
            ...(body && { 'content-type': 'application/json' }),
          },
          ...(body && { body: JSON.stringify(body) }),
          signal: hangUp ? AbortSignal.any([patience, hangUp]) : patience,
        });
        const retryAfter = response.headers.get('retry-after') ?? undefined;
        return { status: response.status, retryAfter, text: await response.text() };
      } catch (error) {
        if (patience.aborted) return undefined;
        throw error;
      }
    });
  };
  return {
    kind: 'server',
    url,
    ask,
    residentMb: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
    },
    log: () => log,
    signal: (signal) => void child.kill(signal),
    ended: async () => {
      await exited;
      return child.exitCode;
    },
    close: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
};

const addressTold = async (child: ChildProcess, log: () => string): Promise<string> => {
  let told = '';
  for await (const text of child.stdout ?? []) {
    told += String(text);
    const url = /^ +API +(\S+)\n/m.exec(told)?.[1];
    if (url) {
      child.stdout?.resume();
      return url;
    }
  }
  throw new Error(`the server ended: ${log()}`);
};
