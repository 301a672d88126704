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

const MACHINE_CALL = /^(?:GET|POST) \/(?:activate|tag)$/;

/** Whether the machine app answers this route as the whole service would. */
export const isMachineCall = (method: string, route: string): boolean =>
  MACHINE_CALL.test(`${method} ${route}`);
