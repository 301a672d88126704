import type { FastifyInstance } from 'fastify';
import document from '../../openapi.json' with { type: 'json' };
import { FOR_ALL } from './documented.ts';

/** The OpenAPI document as it was made from the routes' schemas at build time; nothing that makes it is loaded here. */
export const openApiRoute = async (app: FastifyInstance): Promise<void> => {
  const text = JSON.stringify(document);
  const schema = { operationId: 'getOpenApi', summary: 'This document', tags: ['Health'], security: FOR_ALL };
  app.get('/openapi.json', { schema }, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(text),
  );
};
