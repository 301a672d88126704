import type { FastifyInstance, HTTPMethods } from 'fastify';
import { MethodNotAllowed } from '../activation/errors.ts';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];

/**
 * Watches which routes are made; the plugin it returns, registered last, answers every other method on their paths
 * with 405 and `Allow` (RFC 9110, 15.5.6).
 */
export const refuseOtherMethods = (app: FastifyInstance) => {
  const taken = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = taken.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    taken.set(url, methods);
  });
  return async (scope: FastifyInstance): Promise<void> => {
    for (const [url, methods] of [...taken]) {
      const allow = [...methods].join(', ');
      scope.route({
        url,
        method: METHODS.filter((method) => !methods.has(method)),
        onRequest: async (request, reply) => {
          reply.header('allow', allow);
          throw new MethodNotAllowed(`${request.method} is not for this route; it takes ${allow}.`);
        },
        handler: () => {},
      });
    }
  };
};
