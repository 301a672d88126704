import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import type { AppContext } from './app-context.ts';
import { FOR_ALL } from './documented.ts';

const Check = z.object({ Status: z.enum(['ok', 'failed']), Detail: z.string().optional() });
const Readiness = z.object({
  Status: z.enum(['ready', 'not ready']),
  Checks: z.object({ Ledger: Check, SystemsManager: Check }),
});
type Check = z.infer<typeof Check>;

/** The routes are open to all: however often they are asked, SSM and the ledger are asked once in so long. */
const FRESH_MS = 10_000;
const DEADLINE_MS = 3_000;

export const healthRoutes = async (scope: FastifyInstance, { ports }: AppContext): Promise<void> => {
  const app = scope.withTypeProvider<ZodTypeProvider>();

  const forAll = { tags: ['Health'], security: FOR_ALL };
  const live = {
    ...forAll,
    operationId: 'getLiveness',
    summary: 'Whether the service answers',
    response: { 200: z.object({ Status: z.literal('live') }) },
  };
  app.get('/livez', { schema: live }, async () => ({ Status: 'live' as const }));

  const attempt = async (work: Promise<unknown>): Promise<Check> => {
    try {
      await work;
      return { Status: 'ok' };
    } catch (error) {
      return { Status: 'failed', Detail: error instanceof Error ? error.name : 'unknown' };
    }
  };
  const look = async () => {
    const deadline = new Date(ports.clock().getTime() + DEADLINE_MS);
    const [Ledger, SystemsManager] = await Promise.all([
      attempt(ports.ledger.check()),
      attempt(ports.systemsManager(deadline).check()),
    ]);
    return { Ledger, SystemsManager };
  };

  let last: { at: number; checks: ReturnType<typeof look> } | undefined;
  app.get(
    '/readyz',
    {
      schema: {
        ...forAll,
        operationId: 'getReadiness',
        summary: 'Whether it reaches its ledger and Systems Manager',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const now = ports.clock().getTime();
      if (!last || now - last.at > FRESH_MS) last = { at: now, checks: look() };
      const Checks = await last.checks;
      const ready = Object.values(Checks).every(({ Status }) => Status === 'ok');
      return reply.code(ready ? 200 : 503).send({ Status: ready ? 'ready' : 'not ready', Checks });
    },
  );
};
