import type { Config } from '../config.ts';
import { addressBlocks } from '../policy/address-blocks.ts';
import type { Policy } from '../policy/policy.ts';
import { isLoopback, isLoopbackAddress, LOOPBACK_BLOCKS } from '../web-address.ts';

/** Blocks have an address in common only if one of them holds the other's first. */
const holdsLoopback = (cidr: string): boolean => {
  const [network = ''] = cidr.split('/');
  const holds = addressBlocks([cidr]);
  return isLoopbackAddress(network) || LOOPBACK_BLOCKS.some((block) => holds(block.replace(/\/.*$/, '')));
};

/**
 * A proxy on the same machine makes every caller 127.0.0.1 to the service.
 * @throws Error when a rule lets 127.0.0.1 in, a proxy is likely, and nobody said which it is
 */
export const requireProxiesNamed = (
  { PUBLIC_URL, TRUSTED_PROXIES }: Pick<Config, 'PUBLIC_URL' | 'TRUSTED_PROXIES'>,
  { network }: Pick<Policy, 'network'>,
): void => {
  if (PUBLIC_URL === undefined || isLoopback(new URL(PUBLIC_URL)) || TRUSTED_PROXIES !== undefined) return;
  const blocks = network.flatMap(({ cidrs }) => cidrs).filter(holdsLoopback);
  if (blocks.length === 0) return;
  throw new Error(
    [
      `Policy lets in ${blocks.join(' and ')} by address alone, and PUBLIC_URL is ${PUBLIC_URL}:`,
      'behind a proxy on this machine, every caller would have a loopback address and be let in.',
      'Set TRUSTED_PROXIES to the addresses of the proxies (to none if there are none),',
      'or take loopback out of the network rules of POLICY_FILE.',
    ].join('\n'),
  );
};
