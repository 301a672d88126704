import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import type { AppContext } from './app-context.ts';
import { bareApp } from './bare-app.ts';
import { machineRoutes } from './machine-routes.ts';

/** The routes that a booting machine waits for and no others: a function that starts for it loads nothing else. */
export const buildMachineApp = (
  context: Omit<AppContext, 'operators'>,
  options: FastifyServerOptions,
): FastifyInstance => {
  const app = bareApp(context, options);
  machineRoutes(app, context);
  return app;
};

/** `/latest` is the stage, of which the service's paths are free (see rewriteUrl). */
const MACHINE_CALL = /^(?:GET|POST) (?:\/latest)?\/(?:activate|tag)$/;

/** Whether the machine app answers this as the whole service would. */
export const isMachineCall = (method: string, path: string): boolean =>
  MACHINE_CALL.test(`${method} ${path}`);
