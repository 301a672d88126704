import { InvalidIdentity } from '../activation/errors.ts';
import type { InstanceName } from '../activation/instance-name.ts';
import type { Principal } from '../activation/principal.ts';

/** What a caller sent, or the network shows, that may prove who it is. */
export interface Evidence {
  /** The address that the server or API Gateway itself saw; never one from a header. */
  readonly sourceIp: string;
  readonly authorization?: string | undefined;
  readonly instanceIdentity?: string | undefined;
}

/** A caller whose proof holds, and what policy leaves to it. */
export interface Proven {
  readonly principal: Principal;
  /** The name that the proof itself proves, when it proves one. */
  readonly provenName?: InstanceName | undefined;
  /** How long its activation may be used. */
  readonly lifetimeMs: number;
}

/** One way of proving who is calling. */
export interface IdentityProof {
  /** Undefined when the evidence holds no proof of this kind; an error when it holds a bad one. */
  examine(evidence: Evidence): Promise<Proven | undefined>;
}

/** Tries the proofs in their order: the first that the evidence holds decides. */
export const authenticate = async (proofs: readonly IdentityProof[], evidence: Evidence): Promise<Proven> => {
  for (const proof of proofs) {
    const proven = await proof.examine(evidence);
    if (proven) return proven;
  }
  throw new InvalidIdentity();
};
