import { isIP } from 'node:net';
import * as z from 'zod';

const isCidr = (text: string): boolean => {
  const [address = '', prefix = '', ...more] = text.split('/');
  const bits = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1;
  return more.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits;
};

export const Cidr = z
  .string()
  .refine(isCidr, 'must be a block of addresses such as 10.0.0.0/8 or fd00::/8')
  .meta({ description: 'A block of addresses such as 10.0.0.0/8 or fd00::/8.' });
