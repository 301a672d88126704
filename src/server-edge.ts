import type { Config } from './config.ts';
import { createKnownHosts } from './edge/known-hosts.ts';
import type { Edge } from './http/edge.ts';
import { addressBlocks } from './policy/address-blocks.ts';

/** What a plain server goes by where API Gateway would stand before it. */
export const serverEdge = ({
  HOST,
  PUBLIC_URL,
  ALLOWED_HOSTS,
  TRUSTED_PROXIES = [],
}: Pick<Config, 'HOST' | 'PUBLIC_URL' | 'ALLOWED_HOSTS' | 'TRUSTED_PROXIES'>): Edge => ({
  isKnownHost: createKnownHosts([
    HOST,
    ...ALLOWED_HOSTS,
    ...(PUBLIC_URL === undefined ? [] : [new URL(PUBLIC_URL).hostname]),
  ]),
  isProxy: addressBlocks(TRUSTED_PROXIES),
});
