import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import type { AppContext } from './app-context.ts';
import { bareApp } from './bare-app.ts';
import { bootstrapRoutes } from './bootstrap-routes.ts';
import { eventRoutes } from './event-routes.ts';
import { healthRoutes } from './health-routes.ts';
import { identityCheckRoute } from './identity-check-route.ts';
import { machineRoutes } from './machine-routes.ts';
import { nodeRoutes } from './node-routes.ts';
import { openApiRoute } from './openapi-route.ts';
import { refuseOtherMethods } from './other-methods.ts';
import { tokenRoutes } from './token-routes.ts';

/** The whole service. */
export const buildApp = (context: AppContext, options: FastifyServerOptions = {}): FastifyInstance => {
  const app = bareApp(context, options);
  const otherMethods = refuseOtherMethods(app);
  app.register(async (scope) => machineRoutes(scope, context));
  app.register(nodeRoutes, context);
  app.register(tokenRoutes, context);
  app.register(eventRoutes, context);
  app.register(identityCheckRoute, context);
  app.register(healthRoutes, context);
  app.register(bootstrapRoutes, context);
  app.register(openApiRoute, context);
  app.register(otherMethods);
  return app;
};
