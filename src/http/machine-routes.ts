import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { activate } from '../activation/activate.ts';
import { InvalidRequest } from '../activation/errors.ts';
import type { Actor } from '../activation/events.ts';
import { setTags } from '../activation/set-tags.ts';
import { startOf } from '../activation/start-of.ts';
import { admitToActivate, admitToTag } from '../identity/admission.ts';
import { type CheckTrail, createCheckTrail } from '../identity/check-trail.ts';
import { type Proven, proofIn } from '../identity/proof.ts';
import type { AppContext } from './app-context.ts';
import { FOR_MACHINES, PROOF_REFUSALS } from './documented.ts';
import { againstAddress } from './edge.ts';
import { toActivationError } from './errors.ts';
import {
  ActivateBody,
  ActivateQuery,
  ActivationAnswer,
  activationAnswer,
  asShell,
  type MachineFields,
  machineFields,
  TagBody,
  TagQuery,
} from './machine-schemas.ts';
import { TAG_ANSWERS, tagAnswer } from './tag-answer.ts';
import { wantsText } from './wants-text.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The machine that is calling, once its proof held. */
    proven?: Proven | undefined;
    /** The checks that the call went through; it knows who is calling before policy lets them in. */
    trail?: CheckTrail | undefined;
  }
}

/** How many characters of a refusal an event keeps: it holds what the caller sent. */
const MOST_DETAIL = 1_000;

/** The routes that machines call, each with a proof of who they are. */
export const machineRoutes = (scope: FastifyInstance, context: Omit<AppContext, 'operators'>): void => {
  const app = scope.withTypeProvider<ZodTypeProvider>();

  app.decorateRequest('proven', undefined);
  app.decorateRequest('trail', undefined);
  app.addHook('onError', async (request, _reply, thrown) => {
    const { code, detail } = toActivationError(thrown);
    const actor = actorOf(request);
    const name = givenName(request);
    const event = {
      id: context.newId(),
      at: context.clock(),
      kind: 'RequestRefused',
      actor,
      name,
      code,
      detail: startOf(detail, MOST_DETAIL),
    } as const;
    context.refusals.note({ ...event, requestId: request.id });
  });

  const prove = async (request: FastifyRequest, fields: MachineFields): Promise<Proven> => {
    const evidence = {
      sourceIp: request.ip,
      againstAddress: againstAddress(request, context.edge),
      authorization: request.headers.authorization,
      instanceIdentity: instanceIdentity(request, fields),
    };
    const proof = proofIn(context.proofs, evidence);
    const trail = createCheckTrail();
    request.trail = trail;
    request.proven = await proof.examine(evidence, context.clock(), trail, request.task);
    trail.identify(request.proven.principal);
    return request.proven;
  };

  const mint = async (request: FastifyRequest, fields: MachineFields) => {
    const proven = await prove(request, fields);
    const { principal, lifetimeMs, admit, confirm } = proven;
    const admission = admitToActivate(proven, fields, createCheckTrail());
    const order = {
      ...admission,
      principal,
      lifetimeMs,
      admit,
      confirm,
      requestId: request.id,
    };
    const activation = await activate(context.portsFor(request.task), order);
    const answer = activationAnswer(admission.name, context.region, activation);
    return wantsText(fields.format, request.headers.accept) ? asShell(answer) : answer;
  };

  const tag = async (request: FastifyRequest, fields: MachineFields) => {
    const proven = await prove(request, fields);
    const { principal, expired, confirm } = proven;
    const { name, tags } = admitToTag(proven, fields, createCheckTrail());
    const actor = { kind: 'machine', principal } as const;
    const order = {
      name,
      set: tags,
      remove: [],
      actor,
      expired,
      confirm,
      requestId: request.id,
    };
    return tagAnswer(name, await setTags(context.portsFor(request.task), order));
  };

  const minting = {
    querystring: ActivateQuery,
    response: {
      200: {
        content: {
          'application/json': { schema: ActivationAnswer },
          'text/plain': { schema: z.string() },
        },
      },
    },
    summary: 'Mint the activation of the machine that calls',
    tags: ['Machines'],
    security: FOR_MACHINES,
  };
  const mintingRefusals = {
    refusals: [
      ...PROOF_REFUSALS,
      'TagRequired',
      'TokenExhausted',
      'AlreadyRegistered',
      'ActivationInProgress',
      'NodeRoleUnusable',
    ] as const,
  };
  app.get(
    '/activate',
    { schema: { ...minting, operationId: 'activateByQuery' }, config: mintingRefusals },
    async (request) => mint(request, request.query),
  );
  app.post(
    '/activate',
    { schema: { ...minting, operationId: 'activate', body: ActivateBody }, config: mintingRefusals },
    async (request) => mint(request, machineFields(request.query, request.body)),
  );

  const tagging = {
    querystring: TagQuery,
    response: TAG_ANSWERS,
    summary: 'Set tags on the node of the machine that calls',
    tags: ['Machines'],
    security: FOR_MACHINES,
  };
  const taggingRefusals = {
    refusals: [
      ...PROOF_REFUSALS,
      'NameUnknown',
      'TooManyTags',
      'TagsRefused',
      'ActivationInProgress',
    ] as const,
  };
  app.get(
    '/tag',
    { schema: { ...tagging, operationId: 'tagByQuery' }, config: taggingRefusals },
    async (request, reply) => {
      const { status, body } = await tag(request, request.query);
      return reply.code(status).send(body);
    },
  );
  app.post(
    '/tag',
    { schema: { ...tagging, operationId: 'tag', body: TagBody }, config: taggingRefusals },
    async (request, reply) => {
      const { status, body } = await tag(request, machineFields(request.query, request.body));
      return reply.code(status).send(body);
    },
  );
};

const actorOf = ({ trail, ip }: FastifyRequest): Actor =>
  trail?.principal ? { kind: 'machine', principal: trail.principal } : { kind: 'unproven', sourceIp: ip };

/** The name as it was asked for, cut to a size that an event can hold; it may be no valid name at all. */
const givenName = ({ query, body, proven }: FastifyRequest): string | undefined => {
  const named = z.looseObject({ name: z.string().transform((name) => startOf(name, 256)) });
  const given = named.safeParse(query).data ?? named.safeParse(body).data;
  return given?.name ?? proven?.names.proven;
};

const instanceIdentity = ({ headers }: FastifyRequest, fields: MachineFields): string | undefined => {
  const header = headers['x-instance-identity'];
  if (header !== undefined && fields.instanceIdentity !== undefined) {
    throw new InvalidRequest([
      { field: 'instanceIdentity', message: 'is given in the header and in the body' },
    ]);
  }
  return typeof header === 'string' ? header : fields.instanceIdentity;
};
