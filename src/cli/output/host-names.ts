import { isIP } from 'node:net';

/**
 * Names that systems and tools have for something else: a machine that took one of them would be reached in its place,
 * by everyone who uses the list. RFC 6761 for localhost; the rest is what hosts files of Linux, macOS, Windows and
 * containers come with, and what systemd and the metadata services of clouds answer to.
 */
const TAKEN: ReadonlySet<string> = new Set([
  'localhost',
  'localhost.localdomain',
  'localhost4',
  'localhost4.localdomain4',
  'localhost6',
  'localhost6.localdomain6',
  'ip6-localhost',
  'ip6-loopback',
  'ip6-localnet',
  'ip6-mcastprefix',
  'ip6-allnodes',
  'ip6-allrouters',
  'ip6-allhosts',
  'broadcasthost',
  'loopback',
  'wpad',
  'isatap',
  '_gateway',
  '_outbound',
  '_localdnsstub',
  '_localdnsproxy',
  'host.docker.internal',
  'gateway.docker.internal',
  'kubernetes.docker.internal',
  'host.containers.internal',
  'instance-data',
  'metadata',
  'metadata.google.internal',
]);

/** What a name means to others, in which case a list of hosts must not give it to a machine; undefined for nothing. */
export const otherMeaning = (name: string): string | undefined => {
  const folded = name.toLowerCase();
  if (/^mi-[0-9a-f]{17}$/.test(folded)) return 'has the form of the id of a node';
  if (isIP(folded) !== 0) return 'is an address';
  if (TAKEN.has(folded) || folded.endsWith('.localhost')) return 'has another meaning on every system';
  return undefined;
};
