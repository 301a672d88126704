import { BlockList, isIP, SocketAddress } from 'node:net';

type Family = 'ipv4' | 'ipv6';

interface Address {
  readonly family: Family;
  /** In its shortest form. */
  readonly text: string;
  /** An IPv4 address that was written as IPv6. */
  readonly isMapped: boolean;
}

interface Block {
  readonly network: Address;
  readonly bits: number;
}

/**
 * Whether an address is in one of the blocks. A block is of one family and holds nothing of the other: `::/0` holds no
 * IPv4 address, and an IPv4 address is one however it is written (`::ffff:10.0.0.1`), in a block too. What is no block
 * holds nobody.
 */
export const addressBlocks = (cidrs: readonly string[]): ((address: string) => boolean) => {
  // One list for both families would compare across them: to Node's, an IPv4 address is in ::/0.
  const blocks: Readonly<Record<Family, BlockList>> = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const block of cidrs.map(blockOf)) {
    if (!block) continue;
    const { network, bits } = block;
    blocks[network.family].addSubnet(network.text, bits, network.family);
  }
  return (text) => {
    const address = addressOf(text);
    return address !== undefined && blocks[address.family].check(address.text, address.family);
  };
};

/** `10.0.0.0/8` as a block; undefined for what is none. */
export const blockOf = (cidr: string): Block | undefined => {
  const [, address = '', prefix] = /^([0-9a-f.:]+)\/(\d{1,3})$/i.exec(cidr) ?? [];
  const network = addressOf(address);
  if (!network) return undefined;
  const bits = Number(prefix) - (network.isMapped ? MAPPED_BITS : 0);
  return bits >= 0 && bits <= (network.family === 'ipv4' ? 32 : 128) ? { network, bits } : undefined;
};

/** What an IPv4 address has before it when it is written as IPv6. */
const MAPPED_BITS = 96;
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/** A zone only says by which link a packet came, and counts for nothing. */
const addressOf = (text: string): Address | undefined => {
  const version = isIP(text);
  if (version === 0) return undefined;
  if (version === 4) return { family: 'ipv4', text, isMapped: false };
  const { address } = new SocketAddress({ address: text, family: 'ipv6' });
  const [, mapped] = MAPPED.exec(address) ?? [];
  return mapped === undefined
    ? { family: 'ipv6', text: address, isMapped: false }
    : { family: 'ipv4', text: mapped, isMapped: true };
};
