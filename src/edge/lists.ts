import { isIP } from 'node:net';
import * as z from 'zod';
import { Cidr } from '../policy/cidr.ts';
import { parseHost } from './host-name.ts';

const split = (text: string): string[] => text.split(',').map((one) => one.trim());

/** Names of this server, with commas between. */
export const HostList = z.lazy(() =>
  z
    .string()
    .transform(split)
    .refine(
      (hosts) => hosts.every((host) => parseHost(host) !== undefined),
      'must be host names or addresses, without scheme and port, with commas between',
    ),
);

const asBlock = (text: string): string =>
  isIP(text) === 0 ? text : `${text}/${isIP(text) === 6 ? 128 : 32}`;

/** Blocks of addresses; `none` says that there are none, where saying nothing is refused. */
export const ProxyList = z.lazy(() =>
  z
    .string()
    .transform((text) => (text === 'none' ? [] : split(text).map(asBlock)))
    .refine(
      (blocks) => blocks.every((block) => Cidr.safeParse(block).success),
      'must be addresses or blocks such as 10.0.0.0/8, with commas between, or none',
    ),
);
