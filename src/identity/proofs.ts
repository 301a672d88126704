import type { Clock } from '../activation/clock.ts';
import type { Policy } from '../policy/policy.ts';
import { createInstanceIdentityProof } from './instance-identity-proof.ts';
import { createJoinTokenProof } from './join-token/join-token-proof.ts';
import type { JoinTokensFor } from './join-token/join-tokens.ts';
import { createNetworkProof } from './network-proof.ts';
import { createOidcProof } from './oidc/oidc-proof.ts';
import type { IdentityProof } from './proof.ts';

const MINUTE_MS = 60_000;

/** The proofs that a policy accepts, in the order in which they are looked for. */
export const createProofs = (
  policy: Policy,
  tokens: JoinTokensFor,
  clock: Clock,
): readonly IdentityProof[] => {
  const { instanceIdentity, joinTokens, oidc, network } = policy;
  const ec2NamesReserved = instanceIdentity !== undefined;
  const lifetimeMs = (grants: { activationLifetimeMinutes?: number | undefined }): number =>
    (grants.activationLifetimeMinutes ?? policy.activationLifetimeMinutes) * MINUTE_MS;

  const proofs: IdentityProof[] = [];
  if (instanceIdentity)
    proofs.push(createInstanceIdentityProof(instanceIdentity, lifetimeMs(instanceIdentity)));
  if (joinTokens) {
    const options = {
      policy: joinTokens,
      tokens,
      clock,
      lifetimeMs: lifetimeMs(joinTokens),
      ec2NamesReserved,
    };
    proofs.push(createJoinTokenProof(options));
  }
  if (oidc.length > 0) proofs.push(createOidcProof({ providers: oidc, lifetimeMs, ec2NamesReserved, clock }));
  proofs.push(createNetworkProof({ rules: network, lifetimeMs, ec2NamesReserved }));
  return proofs;
};
