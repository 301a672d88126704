import { InvalidIdentity } from '../activation/errors.ts';
import { addressBlocks } from '../policy/address-blocks.ts';
import type { NetworkPolicy } from '../policy/policy.ts';
import type { IdentityProof } from './proof.ts';

const CHECK = 'Address';

export interface NetworkProofOptions {
  readonly rules: readonly NetworkPolicy[];
  readonly lifetimeMs: (rule: NetworkPolicy) => number;
  readonly ec2NamesReserved: boolean;
}

/** Only the caller's address speaks for it: for private networks that want the behaviour of the older designs. */
export const createNetworkProof = ({
  rules,
  lifetimeMs,
  ec2NamesReserved,
}: NetworkProofOptions): IdentityProof => {
  const blocks = rules.map((rule) => ({ rule, contains: addressBlocks(rule.cidrs) }));
  return {
    checks: [CHECK],
    isIn: ({ authorization, instanceIdentity }) =>
      authorization === undefined && instanceIdentity === undefined,
    examine: async ({ sourceIp, againstAddress }, _at, trail) => {
      const found = blocks.find(({ contains }) => contains(sourceIp));
      if (!found)
        throw trail.fail(CHECK, new InvalidIdentity(), `${sourceIp} is in no block that policy names.`);
      if (againstAddress) throw trail.fail(CHECK, againstAddress);
      const { rule } = found;
      trail.pass(CHECK, `${sourceIp} is in ${rule.cidrs.join(' or ')}.`);
      return {
        principal: { proof: 'network', subject: sourceIp, mayRejoin: false },
        names: { patterns: rule.names, ec2NamesReserved },
        tags: rule.tags,
        lifetimeMs: lifetimeMs(rule),
      };
    },
  };
};
