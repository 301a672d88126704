import * as z from 'zod';

/** The public half of a hybrid activation: a lowercase UUID. */
export const ActivationId = z
  .string()
  .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  .brand<'ActivationId'>();
export type ActivationId = z.infer<typeof ActivationId>;

/** The id of a managed node that registered with a hybrid activation. */
export const ManagedNodeId = z
  .string()
  .regex(/^mi-[0-9a-f]{17}$/)
  .brand<'ManagedNodeId'>();
export type ManagedNodeId = z.infer<typeof ManagedNodeId>;

/** One try at minting an activation; it stands in the activation's Description, so that a crash leaves a trace. */
export const AttemptId = z.uuid().brand<'AttemptId'>();
export type AttemptId = z.infer<typeof AttemptId>;
