import type { Task } from '../activation/deadline.ts';

/** What was last found out about Systems Manager, by whichever process of the service. */
export interface Verdict {
  /** The name of the error that it met; undefined: it answers. */
  readonly failure?: string | undefined;
  readonly at: Date;
}

export interface Known {
  readonly verdict?: Verdict | undefined;
  /** When a mint last met a role that Systems Manager cannot use. */
  readonly nodeRoleUnusableAt?: Date | undefined;
}

/** Kept where every process of the service sees it, so that together they ask as often as one. */
export interface SharedVerdict {
  read(): Promise<Known>;
  /** Whether the caller is to ask Systems Manager now; if so nobody else is before `until`. */
  claim(now: Date, until: Date): Promise<boolean>;
  write(verdict: Verdict): Promise<void>;
  tellNodeRoleUnusable(at: Date): Promise<void>;
}

export type SharedVerdictFor = (task: Task) => SharedVerdict;
