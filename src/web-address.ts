import { addressBlocks } from './policy/address-blocks.ts';

/**
 * Scheme, host and port, path and query in characters that every parser reads alike. Parsers differ about user names,
 * backslashes, blanks, fragments and escapes in hosts, and then one of them checks another host than the next one asks.
 */
const WRITTEN =
  /^https?:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:\/[\w.~%+,=:/-]*)?(?:\?[\w.~%+,=&:/?-]*)?$/i;

/** The http or https address that a text is, when it can be read in one way only; there is no user in it. */
export const webAddress = (text: string): URL | undefined =>
  WRITTEN.test(text) && URL.canParse(text) ? new URL(text) : undefined;

export const LOOPBACK_BLOCKS: readonly string[] = ['127.0.0.0/8', '::1/128'];

/** Of an address without brackets. */
export const isLoopbackAddress = addressBlocks(LOOPBACK_BLOCKS);

/**
 * Whether an address is this machine's own. The URL has made one spelling of all that stand for an IPv4 address
 * (`127.1`, `0x7f.1`), as what connects to it does. Of names only `localhost` counts: others are whatever DNS says.
 */
export const isLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || isLoopbackAddress(hostname.replace(/^\[|\]$/g, ''));

/** Whether nobody on the way can read or change what is sent there. */
export const isPrivateOnTheWay = (address: URL): boolean =>
  address.protocol === 'https:' || isLoopback(address);
