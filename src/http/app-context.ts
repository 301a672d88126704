import type { Clock } from '../activation/clock.ts';
import type { NewId, PortsFor } from '../activation/ports.ts';
import type { Refusals } from '../activation/refusals.ts';
import type { JoinTokensFor } from '../identity/join-token/join-tokens.ts';
import type { IdentityProof } from '../identity/proof.ts';
import type { Policy } from '../policy/policy.ts';
import type { SharedVerdictFor } from '../readiness/shared-verdict.ts';
import type { BootstrapContext } from './bootstrap-routes.ts';
import type { Callers } from './callers.ts';
import type { EdgeContext } from './edge.ts';
import type { OperatorAuthentication } from './operators.ts';

/** What every entry of the service has. */
export interface ServiceContext {
  readonly portsFor: PortsFor;
  readonly clock: Clock;
  readonly newId: NewId;
  /** In the order in which they are tried. */
  readonly proofs: readonly IdentityProof[];
  readonly tokensFor: JoinTokensFor;
  readonly refusals: Refusals;
  /** What the service's processes know together of Systems Manager. */
  readonly verdictFor: SharedVerdictFor;
  readonly policy: Policy;
  /** Told to machines, which register with it. */
  readonly region: string;
  /** 0 up to 1. */
  readonly random: () => number;
}

/** What the routes need of the world. */
export interface AppContext extends ServiceContext, BootstrapContext, EdgeContext {
  readonly operators: OperatorAuthentication;
  /** Absent behind API Gateway, which sends a function one request at a time. */
  readonly callers?: Callers | undefined;
}
