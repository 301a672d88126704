import { isIP } from 'node:net';

/**
 * The addresses that count as one caller: of IPv6 the /64, since a network gives its members no less and each of them
 * has all of it. An IPv4 address written as IPv6 is what it is; what is no address counts for itself.
 */
export const callerBlock = (address: string): string => {
  if (isIP(address) !== 6) return address;
  const groups = groupsOf(address);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.');
  }
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(':')}::/64`;
};

/** The eight groups of an IPv6 address. */
const groupsOf = (address: string): number[] => {
  const withoutZone = address.replace(/%.*$/, '');
  const [head = '', tail] = withoutDots(withoutZone).split('::');
  const [first, last] = [groupsIn(head), groupsIn(tail ?? '')];
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length;
  return [...first, ...Array.from({ length: zeros }, () => 0), ...last];
};

const groupsIn = (text: string): number[] =>
  text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));

/** `::ffff:10.0.0.1` as `::ffff:a00:1`. */
const withoutDots = (address: string): string => {
  const octets = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  if (!octets) return address;
  const [a = 0, b = 0, c = 0, d = 0] = octets.slice(1).map(Number);
  const groups = [a * 256 + b, c * 256 + d].map((group) => group.toString(16));
  return address.slice(0, octets.index) + groups.join(':');
};
