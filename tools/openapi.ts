/** The OpenAPI document, made from the routes and the zod schemas that the service itself validates with. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import swagger from '@fastify/swagger';
import Fastify, { type RouteOptions } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { createContext } from '../src/context.ts';
import { buildApp } from '../src/http/app.ts';
import { LOCAL_POLICY } from '../src/policy/local-policy.ts';
import { NO_LOG } from '../src/service-log.ts';
import { OPENAPI_INFO } from './openapi-info.ts';
import { withProblems } from './openapi-problems.ts';

/** The routes of the service, as Fastify is told of them. Its clients are made and never used. */
const documentedRoutes = async (): Promise<RouteOptions[]> => {
  const region = 'us-east-1';
  const backend = { ssm: new SSMClient({ region }), dynamoDb: new DynamoDBClient({ region }) };
  const context = createContext(backend, {
    policy: LOCAL_POLICY,
    tableName: 'none',
    nodeRole: 'none',
    region,
    clock: () => new Date(),
    log: NO_LOG,
  });
  const app = buildApp({
    ...context,
    servedFrom: new URL('../', import.meta.url),
    operators: () => undefined,
  });
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    if (route.schema) routes.push(route);
  });
  await app.ready();
  await app.close();
  return routes;
};

const Document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

/** The whole OpenAPI 3.1 document. */
export const openApiDocument = async (): Promise<object> => {
  const app = Fastify({ exposeHeadRoutes: false });
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  app.register(swagger, {
    openapi: OPENAPI_INFO,
    // Both: without the second, references to schemas that have an id dangle.
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  const routes = await documentedRoutes();
  app.register(async (scope) => {
    for (const { method, url, schema = {} } of routes)
      scope.route({ method, url, schema, handler: () => {} });
  });
  await app.ready();
  const { paths, components, ...rest } = Document.parse(app.swagger());
  await app.close();
  const answered = withProblems(paths, routes);
  return {
    ...rest,
    paths: answered,
    components: { ...components, schemas: used(answered, components.schemas) },
  };
};

/** zod's registry knows every schema of the service: those that the paths refer to, and what these refer to. */
const used = (paths: unknown, schemas: Record<string, unknown>): Record<string, unknown> => {
  const names = new Set<string>();
  const collect = (node: unknown): void => {
    for (const [, name = ''] of JSON.stringify(node).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (names.has(name)) continue;
      names.add(name);
      collect(schemas[name]);
    }
  };
  collect(paths);
  return Object.fromEntries([...names].sort().map((name) => [name, schemas[name]]));
};
