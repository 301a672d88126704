import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Task } from '../activation/deadline.ts';
import { NameUnknown } from '../activation/errors.ts';
import { findNode, findNodes, recordOf } from '../activation/find-nodes.ts';
import type { Ports } from '../activation/ports.ts';
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
  readonly task: Task;
  readonly params: { readonly id: string };
}

/** The name-to-node mapping, for operators. */
export const nodeRoutes = async (scope: FastifyInstance, context: AppContext): Promise<void> => {
  const { portsFor } = context;
  const app = scope.withTypeProvider<ZodTypeProvider>();

  operatorsOnly(scope, context);
  const forOperators = { tags: ['Nodes'], security: FOR_OPERATORS };

  const nameOf = async (ports: Ports, id: string) => {
    const record = await recordOf(ports, id);
    if (!record) throw new NameUnknown(`${id} is neither a name nor the node of one.`);
    return record.name;
  };
  const show = async (ports: Ports, id: string) => {
    const found = await findNode(ports, id);
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
    async ({ query: { cursor, ...query }, task }) => {
      const { nodes, next, withoutPing } = await findNodes(portsFor(task), { ...query, after: cursor });
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
    async ({ params: { id }, task }) => show(portsFor(task), id),
  );

  const changeTags = async (request: OperatorRequest, set: Tags, removed: readonly string[]) => {
    const ports = portsFor(request.task);
    const name = await nameOf(ports, request.params.id);
    const actor = { kind: 'operator', subject: request.operator } as const;
    const order = { name, set, remove: removed, actor, requestId: request.id };
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
    async ({ params, operator, id: requestId, task }) => {
      const ports = portsFor(task);
      const name = await nameOf(ports, params.id);
      await release(ports, { name, operator, requestId });
      return show(ports, name);
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
    async ({ params, operator, id: requestId, task }, reply) => {
      const ports = portsFor(task);
      const name = await nameOf(ports, params.id);
      const { complete } = await remove(ports, { name, operator, requestId });
      return reply.code(complete ? 200 : 202).send(await show(ports, name));
    },
  );
};
