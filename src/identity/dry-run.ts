import type { Task } from '../activation/deadline.ts';
import { ActivationError, InvalidIdentity, isTemporary, TokenExhausted } from '../activation/errors.ts';
import { previewActivation } from '../activation/look.ts';
import type { Ports } from '../activation/ports.ts';
import type { Principal } from '../activation/principal.ts';
import { ADMISSION_CHECKS, admitToActivate, type Wish } from './admission.ts';
import { type Check, completeTrail, createCheckTrail } from './check-trail.ts';
import type { Evidence, IdentityProof } from './proof.ts';

const PROOF = 'Proof';
const NAME_STATE = 'State of the name';
const USES = 'Uses left';

export interface DryRun {
  /** The first check that failed, as the machine would be told. */
  readonly refusal?: ActivationError | undefined;
  readonly principal?: Principal | undefined;
  readonly checks: readonly Check[];
}

/** Goes through every check of an activation as it would be made at a time; mints nothing and uses nothing up. */
export const dryRun = async (
  ports: Ports,
  proofs: readonly IdentityProof[],
  evidence: Evidence,
  wish: Wish,
  at: Date,
  task: Task,
): Promise<DryRun> => {
  const trail = createCheckTrail();
  let checks: readonly string[] = [];
  const finished = (refusal?: ActivationError): DryRun => ({
    refusal,
    principal: trail.principal,
    checks: completeTrail(trail, [PROOF, ...checks, ...ADMISSION_CHECKS, NAME_STATE, USES]),
  });
  try {
    const proof = proofs.find(({ isIn }) => isIn(evidence));
    if (!proof) throw trail.fail(PROOF, new InvalidIdentity());
    trail.pass(PROOF, 'It is of a kind that policy accepts.');
    checks = proof.checks;
    const proven = await proof.examine(evidence, at, trail, task);
    trail.identify(proven.principal);
    const { name } = admitToActivate(proven, wish, trail);

    const refusal = await previewActivation(ports, name, proven.principal);
    if (refusal) throw trail.fail(NAME_STATE, refusal);
    trail.pass(NAME_STATE, `${name} may activate now.`);
    if (proven.hasRoomFor && !proven.hasRoomFor(name)) {
      throw trail.fail(USES, new TokenExhausted('The token has no names left.'));
    }
    trail.pass(USES, proven.hasRoomFor ? 'The token has room for this name.' : 'This proof is not counted.');
    return finished();
  } catch (error) {
    // What could not be found out is no verdict on the caller.
    if (!(error instanceof ActivationError) || isTemporary(error)) throw error;
    return finished(error);
  }
};
