import * as z from 'zod';
import { blockOf } from './address-blocks.ts';

export const Cidr = z
  .string()
  .refine(
    (text) => blockOf(text) !== undefined,
    'must be a block of addresses such as 10.0.0.0/8 or fd00::/8',
  )
  .meta({
    description:
      'A block of addresses such as 10.0.0.0/8 or fd00::/8; it holds no address of the other family.',
  });
