import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../src/activation/clock.ts';
import type { PortsFor } from '../../src/activation/ports.ts';
import { createRefusals, type Refusals } from '../../src/activation/refusals.ts';
import { buildApp } from '../../src/http/app.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import type { JoinTokensFor } from '../../src/identity/join-token/join-tokens.ts';
import { createProofs } from '../../src/identity/proofs.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { SERVED_FROM, unhurried } from '../service.ts';
import { type Interruption, interruptible } from './interruptible.ts';

export interface Process {
  readonly app: FastifyInstance;
  readonly portsFor: PortsFor;
  readonly refusals: Refusals;
  /** The calls to the world made since {@link interrupt}, or since the start. */
  readonly calls: readonly string[];
  readonly isDead: boolean;
  /** Counts calls anew, and interrupts one of them. */
  interrupt(interruption?: Interruption): void;
}

export interface ProcessOptions {
  readonly portsFor: PortsFor;
  readonly tokensFor: JoinTokensFor;
  readonly verdictFor: AppContext['verdictFor'];
  readonly clock: Clock;
  readonly policy: Policy;
  readonly region: string;
  readonly operators: AppContext['operators'];
  /** Everything the process logs. */
  readonly log: { write(line: string): void };
}

/** A process of the service that can be killed, or held up while something else happens, at any call it awaits. */
export const startProcess = (options: ProcessOptions): Process => {
  const { policy, region, operators, log, clock } = options;
  const reach = interruptible(options.portsFor);
  const { portsFor } = reach;
  const tokensFor: JoinTokensFor = reach.also('tokens', options.tokensFor);
  const refusals = createRefusals({
    append: (event) => portsFor(unhurried()).events.append(event),
    onDropped: () => {},
  });
  const app = buildApp(
    {
      portsFor,
      tokensFor,
      verdictFor: options.verdictFor,
      refusals,
      clock,
      newId: randomUUID,
      policy,
      proofs: createProofs(policy, tokensFor, clock),
      operators,
      region,
      random: () => 0.5,
      servedFrom: SERVED_FROM,
    },
    { logger: { level: 'trace', stream: log } },
  );

  return {
    app,
    portsFor,
    refusals,
    get calls() {
      return reach.calls;
    },
    get isDead() {
      return reach.isDead;
    },
    interrupt: reach.interrupt,
  };
};
