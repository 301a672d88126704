import type { Policy } from '../policy/policy.ts';
import { createNetworkProof } from './network-proof.ts';
import type { IdentityProof } from './proof.ts';

const MINUTE_MS = 60_000;

/** The proofs that a policy accepts, in the order in which they are looked for. */
export const createProofs = (policy: Policy): readonly IdentityProof[] => {
  const ec2NamesReserved = policy.instanceIdentity !== undefined;
  const lifetimeMs = ({
    activationLifetimeMinutes,
  }: {
    activationLifetimeMinutes?: number | undefined;
  }): number => (activationLifetimeMinutes ?? policy.activationLifetimeMinutes) * MINUTE_MS;
  return [createNetworkProof({ rules: policy.network, lifetimeMs, ec2NamesReserved })];
};
