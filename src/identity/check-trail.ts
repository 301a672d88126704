import type { ActivationError } from '../activation/errors.ts';
import type { Principal } from '../activation/principal.ts';

export interface Check {
  readonly check: string;
  readonly result: 'passed' | 'failed' | 'not reached';
  readonly detail: string;
}

/** Which checks a request went through, for the dry run, and who it came from, for the audit trail. */
export interface CheckTrail {
  readonly made: readonly Check[];
  /** Who is calling; undefined while no proof is known to be genuine. */
  readonly principal: Principal | undefined;
  /** Notes whose proof is genuine, before policy is asked about it: a refusal then has a name to it. */
  identify(principal: Principal): void;
  /** Notes that a check passed and what it found. */
  pass(check: string, detail: string): void;
  /** Notes that a check failed; `detail` may say more than the error, which the caller sees. Returns the error to throw. */
  fail<E extends ActivationError>(check: string, error: E, detail?: string): E;
}

export const createCheckTrail = (): CheckTrail => {
  const made: Check[] = [];
  let caller: Principal | undefined;
  return {
    made,
    get principal() {
      return caller;
    },
    identify: (principal) => {
      caller = principal;
    },
    pass: (check, detail) => {
      made.push({ check, result: 'passed', detail });
    },
    fail: (check, error, detail = error.detail) => {
      made.push({ check, result: 'failed', detail });
      return error;
    },
  };
};

/** All checks in their order: those made, and those that were not reached. */
export const completeTrail = (trail: CheckTrail, checks: readonly string[]): readonly Check[] =>
  checks.map(
    (check) => trail.made.find((one) => one.check === check) ?? { check, result: 'not reached', detail: '' },
  );
