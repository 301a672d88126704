import * as z from 'zod';

/** SSM's alphabet for default instance names, tag keys and tag values (API model, CreateActivation). */
export const SSM_ALPHABET = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * The default instance name of an activation, which becomes the managed node's `Name`.
 * SSM allows 256 characters; a space at either end would make two names that look alike.
 */
export const InstanceName = z
  .string()
  .min(1, 'must not be empty')
  .max(256, 'must be at most 256 characters')
  .regex(SSM_ALPHABET, 'may hold letters, digits, spaces and _ . : / = + - @ only')
  .refine((name) => name === name.trim(), 'must not begin or end with a space')
  .brand<'InstanceName'>();
export type InstanceName = z.infer<typeof InstanceName>;

/** Whether a name looks like an EC2 instance id, in whatever case, which only an instance identity document may claim. */
export const looksLikeEc2InstanceId = (name: string): boolean =>
  /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/i.test(name);
