import * as z from 'zod';

/** An opaque place in a list: where the page before ended. */
export const Cursor = z
  .base64url('is not a cursor that this service gave')
  .max(2048)
  .transform((text) => Buffer.from(text, 'base64url').toString());

export const encodeCursor = (place: string): string => Buffer.from(place).toString('base64url');

/** How many entries a page may have. */
export const Limit = z.coerce.number().int().min(1).max(100).default(50);
