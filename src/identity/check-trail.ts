import type { ActivationError } from '../activation/errors.ts';

export interface Check {
  readonly check: string;
  readonly result: 'passed' | 'failed' | 'not reached';
  readonly detail: string;
}

/** Which checks a request went through, for the dry run. */
export interface CheckTrail {
  readonly made: readonly Check[];
  /** Notes that a check passed and what it found. */
  pass(check: string, detail: string): void;
  /** Notes that a check failed; `detail` may say more than the error, which the caller sees. Returns the error to throw. */
  fail<E extends ActivationError>(check: string, error: E, detail?: string): E;
}

export const createCheckTrail = (): CheckTrail => {
  const made: Check[] = [];
  return {
    made,
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
