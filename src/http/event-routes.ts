import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { ErrorCode } from '../activation/errors.ts';
import { type ActivationEvent, type Actor, EventKind } from '../activation/events.ts';
import { ProofKind } from '../activation/principal.ts';
import type { AppContext } from './app-context.ts';
import { EventsCursor, Limit } from './cursor.ts';
import { FOR_OPERATORS } from './documented.ts';
import { operatorsOnly } from './operators-only.ts';

const EventsQuery = z
  .strictObject({
    name: z.string().min(1, 'must not be empty').max(256).optional(),
    since: z.iso
      .datetime({ offset: true, error: 'must be a time such as 2026-11-21T10:00:00Z' })
      .transform((text) => new Date(text))
      .optional(),
    limit: Limit,
    cursor: EventsCursor.query.optional(),
  })
  .refine(({ name, cursor }) => !name || !cursor || cursor.endsWith(` name#${name}`), {
    path: ['cursor'],
    message: 'is of a listing by another name',
  });

const EventAnswer = z
  .object({
    EventId: z.string(),
    EventTime: z.iso.datetime(),
    Event: EventKind,
    Name: z.string().optional(),
    /** Who did it: a machine by its proof, an operator, the sweep, or someone who proved nothing. */
    Identity: z.object({
      Proof: z.union([ProofKind, z.enum(['operator', 'sweep', 'none'])]),
      Subject: z.string(),
    }),
    InstanceId: z.string().optional(),
    ActivationId: z.string().optional(),
    Tags: z.record(z.string(), z.string()).optional(),
    Code: ErrorCode.optional(),
    Detail: z.string().optional(),
    RequestId: z.string().optional(),
    Count: z.int().optional().meta({
      description: 'Of a refusal: how often it came within ten minutes, at least. EventTime is of the first.',
    }),
    LastEventTime: z.iso
      .datetime()
      .optional()
      .meta({ description: 'Of a refusal that came more than once: when it last did, to the minute.' }),
  })
  .meta({
    id: 'Event',
    examples: [
      {
        EventId: '0b0e1f9e-7d0a-4b57-9d3f-3f3f6f0c8a11',
        EventTime: '2026-11-21T10:00:00.000Z',
        Event: 'RequestRefused',
        Name: 'web-1',
        Identity: { Proof: 'network', Subject: '127.0.0.1' },
        Code: 'AlreadyRegistered',
        Detail: 'web-1 is registered as mi-0123456789abcdef0, which is Online.',
        RequestId: '6f1d3b60-52cb-4a8e-8f0e-0f4a5e5f6a10',
        Count: 1,
      },
    ],
  });

const EventsAnswer = z
  .object({ Events: z.array(EventAnswer), NextCursor: z.string().optional() })
  .meta({ id: 'Events' });

/** An operator looks for what was refused a moment ago. */
const REFUSALS_MS = 500;

/** The audit trail, for operators. */
export const eventRoutes = async (scope: FastifyInstance, context: AppContext): Promise<void> => {
  const { portsFor, refusals } = context;
  operatorsOnly(scope, context);
  scope.withTypeProvider<ZodTypeProvider>().get(
    '/events',
    {
      schema: {
        operationId: 'listEvents',
        summary: 'List what happened, the newest first, refusals and their reasons included',
        tags: ['Events'],
        security: FOR_OPERATORS,
        querystring: EventsQuery,
        response: { 200: EventsAnswer },
      },
      config: { refusals: ['LedgerUnavailable'] },
    },
    async ({ query: { cursor, ...query }, task }) => {
      await refusals.written(REFUSALS_MS);
      const { events, next } = await portsFor(task).events.list({ ...query, after: cursor });
      return { Events: events.map(eventAnswer), NextCursor: next && EventsCursor.encode(next) };
    },
  );
};

const eventAnswer = (event: ActivationEvent): z.infer<typeof EventAnswer> => ({
  EventId: event.id,
  EventTime: event.at.toISOString(),
  Event: event.kind,
  Name: event.name,
  Identity: identityOf(event.actor),
  InstanceId: event.nodeId,
  ActivationId: event.activationId,
  Tags: event.tags,
  Code: event.code,
  Detail: event.detail,
  RequestId: event.requestId,
  Count: event.count,
  LastEventTime: event.lastAt?.toISOString(),
});

const identityOf = (actor: Actor): z.infer<typeof EventAnswer>['Identity'] => {
  switch (actor.kind) {
    case 'machine':
      return { Proof: actor.principal.proof, Subject: actor.principal.subject };
    case 'operator':
      return { Proof: 'operator', Subject: actor.subject };
    case 'unproven':
      return { Proof: 'none', Subject: actor.sourceIp };
    case 'sweep':
      return { Proof: 'sweep', Subject: '' };
  }
};
