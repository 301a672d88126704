import { isIP } from 'node:net';
import { addressBlocks } from '../policy/address-blocks.ts';
import { isLoopbackAddress } from '../web-address.ts';
import { parseHost } from './host-name.ts';

const AUTHORITY = /^(\[[^[\]]*\]|[^:[\]]*)(?::\d{1,5})?$/;

/** Where a server listens that listens everywhere; some systems take a browser there to their own loopback. */
const isEverywhere = addressBlocks(['0.0.0.0/32', '::/128']);

/** The host that a Host header names, without its port; undefined when it names none. */
const hostOf = (authority: string): string | undefined => {
  const [, host = ''] = AUTHORITY.exec(authority) ?? [];
  return parseHost(host);
};

const isSameAddress = (one: string, other: string): boolean =>
  isIP(one) !== 0 && isIP(other) !== 0 && addressBlocks([`${one}/${isIP(one) === 6 ? 128 : 32}`])(other);

/** Whether a server answers to the host that a caller named, on a connection that arrived at this address. */
export type KnownHosts = (authority: string, arrivedAt: string | undefined) => boolean;

/**
 * The hosts that a server answers to: loopback, the address at which the connection arrived, and these. A name that is
 * none of them may be an attacker's, led here by its DNS: to a browser this server is then the attacker's own site.
 */
export const createKnownHosts = (hosts: readonly string[]): KnownHosts => {
  const known = new Set(['localhost', ...hosts.filter((host) => !isEverywhere(host)).map(parseHost)]);
  return (authority, arrivedAt = '') => {
    const host = hostOf(authority);
    if (host === undefined) return false;
    return known.has(host) || isLoopbackAddress(host) || isSameAddress(host, arrivedAt.replace(/%.*$/, ''));
  };
};
