import type { Clock } from '../activation/clock.ts';
import { NodeRoleUnusable } from '../activation/errors.ts';

/** A role made moments ago is not known everywhere yet: so many tries it is given before it counts as unusable. */
const TRIES_OF_A_FRESH_ROLE = 3;
/** While it is unusable, one call in so long finds out whether it was mended; nobody waits longer than that once it was. */
const NEXT_TRY_MS = 4_000;
/** Machines that were turned away come back within this. When none does, nothing more is known of the role. */
const REMEMBERED_MS = 60_000;
/** An operator must mend it: machines need not hurry. Jitter is added to it. */
const RETURN_SECONDS = 50;

/** A role made moments ago is known everywhere after seconds, not after tenths of one. */
export const ROLE_WAIT_MS = 2_000;

/** SSM has no code of its own for it: the words of its ValidationException and InvalidParameters, in the known forms. */
const ROLE_UNUSABLE =
  /non-?existent role|not existing role|role (?:\S+ )?(?:does not|doesn't) exist|missing ssm service principal|invalid iam role/i;

export const isRoleUnusable = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'InvalidRole' || ROLE_UNUSABLE.test(error.message));

export const nodeRoleUnusable = (mayHaveActed: boolean, cause?: unknown): NodeRoleUnusable =>
  new NodeRoleUnusable(
    "Systems Manager cannot use the service's node role: an operator must mend the role or its trust policy.",
    RETURN_SECONDS,
    mayHaveActed,
    { cause },
  );

/** What this process knows of the node role, so that one that is unusable costs few calls. */
export interface NodeRole {
  /** Begins a mint. @throws NodeRoleUnusable when a call a moment ago showed that it is */
  begin(): void;
  /** What began needed no mint after all: the next one may find out. */
  unused(): void;
  /** How many tries a mint has, as far as the role is concerned. */
  tries(): number;
  refused(): void;
  worked(): void;
}

export const watchNodeRole = (clock: Clock): NodeRole => {
  let refusedAt: number | undefined;
  let triedAt = 0;
  /** A clock that was set back says nothing of how long ago it was. */
  const isWithin = (since: number, milliseconds: number): boolean => {
    const ago = clock().getTime() - since;
    return ago >= 0 && ago < milliseconds;
  };
  const isUnusable = () => refusedAt !== undefined && isWithin(refusedAt, REMEMBERED_MS);
  return {
    begin: () => {
      if (!isUnusable()) return;
      if (isWithin(triedAt, NEXT_TRY_MS)) throw nodeRoleUnusable(false);
      triedAt = clock().getTime();
    },
    unused: () => {
      triedAt = 0;
    },
    tries: () => (isUnusable() ? 1 : TRIES_OF_A_FRESH_ROLE),
    refused: () => {
      refusedAt = clock().getTime();
      triedAt = refusedAt;
    },
    worked: () => {
      refusedAt = undefined;
    },
  };
};
