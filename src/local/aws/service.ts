import type { SsmEvent } from './events.ts';
import type { ForeignNode } from './foreign-nodes.ts';
import type { KnowsOf, Replica } from './replicas.ts';
import type { CutPage } from './sparse-pages.ts';
import type { State } from './state.ts';

/** What every operation of the embedded AWS works with. */
export interface Service {
  /** What is true: writes are judged on it, and agents' calls. */
  readonly state: State;
  /** What one read of the control plane is answered from: true, but maybe no longer. */
  readonly read: () => Replica;
  readonly knowsOf: KnowsOf;
  readonly cutPage: CutPage;
  /** The nodes in listings that did not register here. */
  readonly strangers: () => readonly ForeignNode[];
  readonly clock: () => Date;
  readonly region: string;
  readonly accountId: string;
  readonly connectionLostAfterMs: number;
  readonly emit: (event: SsmEvent) => void;
  /** Aborted when the server closes: whatever is being held must let go. */
  readonly closing: AbortSignal;
}

/** Timestamps travel as epoch seconds with a fraction. */
export const epochSeconds = (milliseconds: number) => milliseconds / 1000;
