import * as z from 'zod';
import { isVisible, SSM_PATTERN } from './ssm-text.ts';

/**
 * A name that a machine may be given: the default instance name of its activation, and so the managed node's `Name`.
 * Two names must not look alike for what cannot be seen in them, and none may be read as something else: as a step in
 * a path, or as the id of another machine's node. Capitals count: `web-1` and `WEB-1` are two machines.
 */
export const InstanceName = z
  .string()
  .min(1, 'must not be empty')
  .max(256, { error: 'must be at most 256 characters', abort: true })
  .refine(isVisible, 'may hold visible letters, digits, plain spaces and _ . : / = + - @ only')
  .refine((name) => name === name.trim(), 'must not begin or end with a space')
  .refine((name) => name === name.normalize('NFC'), 'must be in its composed form (Unicode NFC)')
  .refine((name) => !/^\.{1,2}$/.test(name), 'must not be . or .., which are steps in a path')
  .refine(
    (name) => !looksLikeManagedNodeId(name),
    "must not have the form of a managed node's id (mi- and 17 hex digits)",
  )
  .meta(SSM_PATTERN)
  .brand<'InstanceName'>();
export type InstanceName = z.infer<typeof InstanceName>;

/**
 * A name as the ledger and Systems Manager give it back. It may be older than today's rules, or chosen by other makers
 * of nodes: one odd name must not break a list, a sweep or a reconciliation.
 */
export const StoredName = z.string().min(1).max(256).brand<'InstanceName'>();

/** Whether a name looks like an EC2 instance id, in whatever case, which only an instance identity document may claim. */
export const looksLikeEc2InstanceId = (name: string): boolean =>
  /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/i.test(name);

const looksLikeManagedNodeId = (name: string): boolean => /^mi-[0-9a-f]{17}$/i.test(name);
