import { BlockList, isIPv6 } from 'node:net';
import type { IdentityProof } from './proof.ts';

export interface NetworkRule {
  /** Blocks of addresses such as `10.0.0.0/8`. */
  readonly cidrs: readonly string[];
  readonly lifetimeMs: number;
}

/** Only the caller's address speaks for it: for private networks that want the behaviour of the older designs. */
export const createNetworkProof = ({ cidrs, lifetimeMs }: NetworkRule): IdentityProof => {
  const allowed = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', prefix] = cidr.split('/');
    allowed.addSubnet(network, Number(prefix), isIPv6(network) ? 'ipv6' : 'ipv4');
  }
  return {
    examine: async ({ sourceIp, authorization, instanceIdentity }) => {
      // Whoever sends a stronger proof means it: a bad one must not fall back to a weaker one.
      if (authorization !== undefined || instanceIdentity !== undefined) return undefined;
      if (!allowed.check(sourceIp, isIPv6(sourceIp) ? 'ipv6' : 'ipv4')) return undefined;
      return { principal: { proof: 'network', subject: sourceIp, mayRejoin: false }, lifetimeMs };
    },
  };
};
