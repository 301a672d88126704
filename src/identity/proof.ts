import type { Task } from '../activation/deadline.ts';
import type { ActivationError, IdentityExpired } from '../activation/errors.ts';
import { InvalidIdentity } from '../activation/errors.ts';
import type { InstanceName } from '../activation/instance-name.ts';
import type { Principal } from '../activation/principal.ts';
import type { NameRules } from '../policy/name-rules.ts';
import type { TagRules } from '../policy/tag-rules.ts';
import type { CheckTrail } from './check-trail.ts';

/** What a caller sent, or the network shows, that may prove who it is. */
export interface Evidence {
  /** The address that the server, a proxy that it trusts, or API Gateway saw; never one that a caller sent. */
  readonly sourceIp: string;
  /** Why this address must not speak for the caller: a browser may be led here by a page of another site. */
  readonly againstAddress?: ActivationError | undefined;
  readonly authorization?: string | undefined;
  readonly instanceIdentity?: string | undefined;
}

/** A caller whose proof is genuine, and what policy leaves to it. */
export interface Proven {
  readonly principal: Principal;
  readonly names: NameRules;
  readonly tags: TagRules;
  /** How long its activation may be used. */
  readonly lifetimeMs: number;
  /** The proof is genuine but too old to activate with; the machine that registered under it may still tag its node. */
  readonly expired?: IdentityExpired | undefined;
  /** Whether the proof, as far as is known now, is good for one more name; the dry run asks, {@link admit} decides. */
  hasRoomFor?(name: InstanceName): boolean;
  /** Looks again whether the proof still holds: it may be revoked while its caller waits. @throws TokenRevoked, IdentityExpired */
  confirm?(): Promise<void>;
  /** Counts the name against what the proof is good for, in one conditional write; only called when all else is decided. */
  admit?(name: InstanceName): Promise<void>;
}

/** One way of proving who is calling. */
export interface IdentityProof {
  /** The checks it makes, in their order, as the dry run lists them. */
  readonly checks: readonly string[];
  /** Whether the evidence holds a proof of this kind, good or bad. */
  isIn(evidence: Evidence): boolean;
  /**
   * @throws InvalidIdentity, bare, while the proof is not known to be genuine; precise refusals afterwards;
   * IssuerUnavailable when that could not be found out
   */
  examine(evidence: Evidence, at: Date, trail: CheckTrail, task: Task): Promise<Proven>;
}

/** The proof that the evidence holds. Whoever sends a strong one means it: a bad one never falls back to a weaker. */
export const proofIn = (proofs: readonly IdentityProof[], evidence: Evidence): IdentityProof => {
  const proof = proofs.find((candidate) => candidate.isIn(evidence));
  if (!proof) throw new InvalidIdentity();
  return proof;
};
