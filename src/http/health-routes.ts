import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { createReadiness } from '../readiness/readiness.ts';
import type { AppContext } from './app-context.ts';
import { FOR_ALL } from './documented.ts';

const Check = z.object({ Status: z.enum(['ok', 'failed', 'unknown']), Detail: z.string().optional() });
const Readiness = z.object({
  Status: z.enum(['ready', 'not ready']),
  Checks: z.object({ Ledger: Check, SystemsManager: Check }),
});

export const healthRoutes = async (scope: FastifyInstance, context: AppContext): Promise<void> => {
  const app = scope.withTypeProvider<ZodTypeProvider>();

  const forAll = { tags: ['Health'], security: FOR_ALL };
  const live = {
    ...forAll,
    operationId: 'getLiveness',
    summary: 'Whether the service answers',
    response: { 200: z.object({ Status: z.literal('live') }) },
  };
  app.get('/livez', { schema: live, config: { always: true } }, async () => ({ Status: 'live' as const }));

  const readiness = createReadiness(context);
  app.get(
    '/readyz',
    {
      schema: {
        ...forAll,
        operationId: 'getReadiness',
        summary: 'Whether it reaches its ledger and Systems Manager',
        response: { 200: Readiness, 503: Readiness },
      },
      config: { always: true },
    },
    async (_request, reply) => {
      const Checks = await readiness();
      const ready = Object.values(Checks).every(({ Status }) => Status === 'ok');
      return reply.code(ready ? 200 : 503).send({ Status: ready ? 'ready' : 'not ready', Checks });
    },
  );
};
