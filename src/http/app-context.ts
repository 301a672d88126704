import type { Ports } from '../activation/ports.ts';
import type { JoinTokens } from '../identity/join-token/join-tokens.ts';
import type { IdentityProof } from '../identity/proof.ts';
import type { Policy } from '../policy/policy.ts';
import type { SharedVerdict } from '../readiness/shared-verdict.ts';
import type { BootstrapContext } from './bootstrap-routes.ts';
import type { EdgeContext } from './edge.ts';
import type { OperatorAuthentication } from './operators.ts';

/** What every entry of the service has. */
export interface ServiceContext {
  readonly ports: Ports;
  /** In the order in which they are tried. */
  readonly proofs: readonly IdentityProof[];
  readonly tokens: JoinTokens;
  /** What the service's processes know together of Systems Manager. */
  readonly verdict: SharedVerdict;
  readonly policy: Policy;
  /** Told to machines, which register with it. */
  readonly region: string;
  /** 0 up to 1. */
  readonly random: () => number;
}

/** What the routes need of the world. */
export interface AppContext extends ServiceContext, BootstrapContext, EdgeContext {
  readonly operators: OperatorAuthentication;
}
