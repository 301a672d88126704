import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { FOR_ALL } from './documented.ts';
import type { ServedFrom } from './served-from.ts';

/** The OpenAPI document as it was made from the routes' schemas at build time; nothing that makes it is loaded here. */
export const openApiRoute = async (
  app: FastifyInstance,
  { servedFrom }: { readonly servedFrom: ServedFrom },
): Promise<void> => {
  const schema = { operationId: 'getOpenApi', summary: 'This document', tags: ['Health'], security: FOR_ALL };
  app.get('/openapi.json', { schema }, async (_request, reply) =>
    reply
      .type('application/json; charset=utf-8')
      .send(await readFile(new URL('openapi.json', servedFrom), 'utf8')),
  );
};
