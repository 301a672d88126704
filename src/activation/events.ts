import * as z from 'zod';
import { ErrorCode } from './errors.ts';
import { ActivationId, ManagedNodeId } from './identifiers.ts';
import { Instant } from './instant.ts';
import { Principal } from './principal.ts';

/** What can happen to a name. */
export const EventKind = z.enum([
  'ActivationIssued',
  'ActivationRevoked',
  'ActivationExpired',
  'NodeSettling',
  'NodeLinked',
  'NodeDisowned',
  'NodeReplaced',
  'NodeReleased',
  'NodeRemoved',
  'NodeGone',
  'NodeAdopted',
  'TagsAccepted',
  'TagsApplied',
  'TagsRefused',
  'TagsDropped',
  'RequestRefused',
  'TokenCreated',
  'TokenRevoked',
]);

/** Who made it happen: a machine by its proof, someone who proved nothing, an operator, or the sweep. */
export const Actor = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('machine'), principal: Principal }),
    z.object({ kind: z.literal('unproven'), sourceIp: z.string() }),
    z.object({ kind: z.literal('operator'), subject: z.string() }),
    z.object({ kind: z.literal('sweep') }),
  ]),
);
export type Actor = z.infer<typeof Actor>;

/** One line of the audit trail. It holds no secret. */
export const ActivationEvent = z.lazy(() =>
  z.object({
    id: z.uuid(),
    at: Instant,
    kind: EventKind,
    /** The name it is about, as given: a refused request may have none, or one that is no name. */
    name: z.string().optional(),
    actor: Actor,
    requestId: z.string().optional(),
    activationId: ActivationId.optional(),
    nodeId: ManagedNodeId.optional(),
    tags: z.record(z.string(), z.string()).optional(),
    /** Why a request was refused, or SSM refused tags. */
    code: ErrorCode.optional(),
    detail: z.string().optional(),
    /** Of refusals that were merged: how many they are at least, and when the last was. `at` is when the first was. */
    count: z.int().optional(),
    lastAt: Instant.optional(),
  }),
);
export type ActivationEvent = Readonly<z.infer<typeof ActivationEvent>>;
