import type { FastifyInstance } from 'fastify';
import type { Ports } from '../../src/activation/ports.ts';
import { buildApp } from '../../src/http/app.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import type { JoinTokens } from '../../src/identity/join-token/join-tokens.ts';
import { createProofs } from '../../src/identity/proofs.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { SERVED_FROM } from '../service.ts';
import { type Interruption, interruptible } from './interruptible.ts';

export interface Process {
  readonly app: FastifyInstance;
  readonly ports: Ports;
  /** The calls to the world made since {@link interrupt}, or since the start. */
  readonly calls: readonly string[];
  readonly isDead: boolean;
  /** Counts calls anew, and interrupts one of them. */
  interrupt(interruption?: Interruption): void;
}

export interface ProcessOptions {
  readonly ports: Ports;
  readonly tokens: JoinTokens;
  readonly verdict: AppContext['verdict'];
  readonly policy: Policy;
  readonly region: string;
  readonly operators: AppContext['operators'];
  /** Everything the process logs. */
  readonly log: { write(line: string): void };
}

/** A process of the service that can be killed, or held up while something else happens, at any call it awaits. */
export const startProcess = (options: ProcessOptions): Process => {
  const { policy, region, operators, log } = options;
  const reach = interruptible(options.ports);
  const { ports } = reach;
  const tokens = reach.also('tokens', options.tokens);
  const proofs = createProofs(policy, tokens, ports.clock);
  const app = buildApp(
    {
      ports,
      tokens,
      verdict: options.verdict,
      policy,
      proofs,
      operators,
      region,
      random: () => 0.5,
      servedFrom: SERVED_FROM,
    },
    { logger: { level: 'trace', stream: log } },
  );

  return {
    app,
    ports,
    get calls() {
      return reach.calls;
    },
    get isDead() {
      return reach.isDead;
    },
    interrupt: reach.interrupt,
  };
};
