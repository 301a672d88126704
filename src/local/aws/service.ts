import type { SsmEvent } from './events.ts';
import type { DescribedActivation, DescribedNode } from './foreign.ts';
import type { KnowsOf, Replica } from './replicas.ts';
import type { MissingRole } from './roles.ts';
import type { CutPage } from './sparse-pages.ts';
import type { State } from './state.ts';

interface Foreign {
  readonly activations?: readonly DescribedActivation[] | undefined;
  readonly nodes?: readonly DescribedNode[] | undefined;
}

/** What every operation of the embedded AWS works with. */
export interface Service {
  /** What is true: writes are judged on it, and agents' calls. */
  readonly state: State;
  /** What one read of the control plane is answered from: true, but maybe no longer. */
  readonly read: () => Replica;
  readonly knowsOf: KnowsOf;
  readonly cutPage: CutPage;
  /** What listings hold beside the records. */
  readonly foreign: () => Foreign;
  readonly missingRoles: () => readonly MissingRole[];
  /** How many activations the account may have, those that are expired or used up among them. */
  readonly mostActivations: () => number;
  readonly clock: () => Date;
  readonly region: string;
  readonly accountId: string;
  /** What operators sign with; undefined where anybody may be one. */
  readonly operatorSecret?: string | undefined;
  readonly connectionLostAfterMs: number;
  readonly emit: (event: SsmEvent) => void;
  /** Aborted when the server closes: whatever is being held must let go. */
  readonly closing: AbortSignal;
}

/** Timestamps travel as epoch seconds with a fraction. */
export const epochSeconds = (milliseconds: number) => milliseconds / 1000;
