import * as z from 'zod';

/** SSM's alphabet for default instance names, tag keys and tag values (API model, CreateActivation). */
const SSM_ALPHABET = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
/** The part of it that nearly all texts are of: the whole takes V8 milliseconds to compile when it is first used. */
const ITS_ASCII = /^[\w .:/=+\-@]*$/;

export const isInSsmAlphabet = (text: string): boolean => ITS_ASCII.test(text) || SSM_ALPHABET.test(text);

/** For the JSON Schema of what `isInSsmAlphabet` checks. */
export const SSM_PATTERN = { pattern: SSM_ALPHABET.source };

/**
 * The default instance name of an activation, which becomes the managed node's `Name`.
 * SSM allows 256 characters; a space at either end would make two names that look alike.
 */
export const InstanceName = z
  .string()
  .min(1, 'must not be empty')
  .max(256, 'must be at most 256 characters')
  .refine(isInSsmAlphabet, 'may hold letters, digits, spaces and _ . : / = + - @ only')
  .refine((name) => name === name.trim(), 'must not begin or end with a space')
  .meta(SSM_PATTERN)
  .brand<'InstanceName'>();
export type InstanceName = z.infer<typeof InstanceName>;

/** Whether a name looks like an EC2 instance id, in whatever case, which only an instance identity document may claim. */
export const looksLikeEc2InstanceId = (name: string): boolean =>
  /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/i.test(name);
