import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { NameUnknown } from '../activation/errors.ts';
import { findNode, findNodes, recordOf } from '../activation/find-nodes.ts';
import { release } from '../activation/release.ts';
import { remove } from '../activation/remove.ts';
import { setTags } from '../activation/set-tags.ts';
import type { Tags } from '../activation/tags.ts';
import type { AppContext } from './app-context.ts';
import { NodesCursor } from './cursor.ts';
import { FOR_OPERATORS } from './documented.ts';
import {
  NodeAnswer,
  NodePath,
  NodesAnswer,
  NodesQuery,
  nodeAnswer,
  TagKeys,
  TagsChange,
} from './node-schemas.ts';
import { operatorsOnly } from './operators-only.ts';
import { TAG_ANSWERS, tagAnswer } from './tag-answer.ts';

const DEADLINE_MS = 20_000;
/** A listing without ping status is better than none: SSM gets less time to answer. */
const LIST_DEADLINE_MS = 5_000;

const TAG_REFUSALS = {
  refusals: [
    'NameUnknown',
    'TooManyTags',
    'TagsRefused',
    'ActivationInProgress',
    'SystemsManagerUnavailable',
    'SystemsManagerRefused',
    'LedgerUnavailable',
  ],
} as const;

interface OperatorRequest {
  readonly id: string;
  readonly operator: string;
  readonly params: { readonly id: string };
}

/** The name-to-node mapping, for operators. */
export const nodeRoutes = async (scope: FastifyInstance, context: AppContext): Promise<void> => {
  const { ports } = context;
  const app = scope.withTypeProvider<ZodTypeProvider>();
  const within = (milliseconds: number) => new Date(ports.clock().getTime() + milliseconds);

  operatorsOnly(scope, context);
  const forOperators = { tags: ['Nodes'], security: FOR_OPERATORS };

  const nameOf = async (id: string) => {
    const record = await recordOf(ports, id);
    if (!record) throw new NameUnknown(`${id} is neither a name nor the node of one.`);
    return record.name;
  };
  const show = async (id: string, milliseconds: number) => {
    const found = await findNode(ports, id, within(milliseconds));
    if (!found) throw new NameUnknown(`${id} is neither a name nor the node of one.`);
    return nodeAnswer(found);
  };

  app.get(
    '/nodes',
    {
      schema: {
        ...forOperators,
        operationId: 'listNodes',
        summary: 'List which node is which machine',
        querystring: NodesQuery,
        response: { 200: NodesAnswer },
      },
      config: { refusals: ['LedgerUnavailable'] },
    },
    async ({ query: { cursor, ...query } }) => {
      const { nodes, next, withoutPing } = await findNodes(
        ports,
        { ...query, after: cursor },
        within(LIST_DEADLINE_MS),
      );
      return {
        Nodes: nodes.map(nodeAnswer),
        NextCursor: next && NodesCursor.encode(next),
        Warning: withoutPing ? 'Systems Manager did not answer in time: ping status is missing.' : undefined,
      };
    },
  );

  app.get(
    '/nodes/:id',
    {
      schema: {
        ...forOperators,
        operationId: 'getNode',
        summary: 'Show one node, with its live ping status',
        params: NodePath,
        response: { 200: NodeAnswer },
      },
      config: { refusals: ['NameUnknown', 'LedgerUnavailable'] },
    },
    async ({ params: { id } }) => show(id, LIST_DEADLINE_MS),
  );

  const changeTags = async (request: OperatorRequest, set: Tags, removed: readonly string[]) => {
    const name = await nameOf(request.params.id);
    const actor = { kind: 'operator', subject: request.operator } as const;
    const order = { name, set, remove: removed, actor, deadline: within(DEADLINE_MS), requestId: request.id };
    return tagAnswer(name, await setTags(ports, order));
  };

  app.put(
    '/nodes/:id/tags',
    {
      schema: {
        ...forOperators,
        operationId: 'tagNode',
        summary: 'Set tags on a node',
        params: NodePath,
        body: TagsChange,
        response: TAG_ANSWERS,
      },
      config: TAG_REFUSALS,
    },
    async (request, reply) => {
      const { status, body } = await changeTags(request, request.body.tags, []);
      return reply.code(status).send(body);
    },
  );

  app.delete(
    '/nodes/:id/tags',
    {
      schema: {
        ...forOperators,
        operationId: 'untagNode',
        summary: 'Remove tags from a node',
        params: NodePath,
        querystring: TagKeys,
        response: TAG_ANSWERS,
      },
      config: TAG_REFUSALS,
    },
    async (request, reply) => {
      const { status, body } = await changeTags(request, {}, request.query.keys);
      return reply.code(status).send(body);
    },
  );

  app.post(
    '/nodes/:id/release',
    {
      schema: {
        ...forOperators,
        operationId: 'releaseNode',
        summary: 'Let a name activate again once',
        params: NodePath,
        response: { 200: NodeAnswer },
      },
      config: {
        refusals: ['NameUnknown', 'SystemsManagerUnavailable', 'SystemsManagerRefused', 'LedgerUnavailable'],
      },
    },
    async ({ params, operator, id: requestId }) => {
      const name = await nameOf(params.id);
      await release(ports, { name, operator, deadline: within(DEADLINE_MS), requestId });
      return show(name, LIST_DEADLINE_MS);
    },
  );

  app.delete(
    '/nodes/:id',
    {
      schema: {
        ...forOperators,
        operationId: 'removeNode',
        summary: 'Deregister a node and revoke a live activation; the name is free',
        params: NodePath,
        response: { 200: NodeAnswer, 202: NodeAnswer },
      },
      config: {
        refusals: ['NameUnknown', 'SystemsManagerUnavailable', 'SystemsManagerRefused', 'LedgerUnavailable'],
      },
    },
    async ({ params, operator, id: requestId }, reply) => {
      const name = await nameOf(params.id);
      const { complete } = await remove(ports, { name, operator, deadline: within(DEADLINE_MS), requestId });
      return reply.code(complete ? 200 : 202).send(await show(name, LIST_DEADLINE_MS));
    },
  );
};
