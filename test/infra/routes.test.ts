import { expect, it } from 'vitest';
import * as z from 'zod';
import { ROUTES, type Route } from '../../infra/routes.ts';
import { buildApp } from '../../src/http/app.ts';
import { startService } from '../service.ts';
import { PRIVATE, PUBLIC, serviceTemplate, VARIANTS } from './synthesis.ts';

const Method = z.object({
  Properties: z.object({
    HttpMethod: z.string(),
    AuthorizationType: z.string(),

    ResourceId: z.union([
      z.object({ Ref: z.string() }).transform(({ Ref }) => Ref),
      z.object({ 'Fn::GetAtt': z.array(z.string()) }).transform(() => undefined),
    ]),
  }),
});
const Resource = z.object({
  Properties: z.object({
    PathPart: z.string(),
    ParentId: z.union([
      z.object({ Ref: z.string() }).transform(({ Ref }) => Ref),
      z.object({ 'Fn::GetAtt': z.array(z.string()) }).transform(() => undefined),
    ]),
  }),
});

/** Every method of the deployed API, as `METHOD /path`, with who may call it. */
const methodsOf = (context: Record<string, string>): Map<string, string> => {
  const template = serviceTemplate(context);
  const resources = template.findResources('AWS::ApiGateway::Resource');
  const pathOf = (id: string | undefined): string => {
    if (id === undefined) return '';
    const { PathPart, ParentId } = Resource.parse(resources[id]).Properties;
    return `${pathOf(ParentId)}/${PathPart}`;
  };
  return new Map(
    Object.values(template.findResources('AWS::ApiGateway::Method')).map((resource) => {
      const { HttpMethod, AuthorizationType, ResourceId } = Method.parse(resource).Properties;
      return [`${HttpMethod} ${pathOf(ResourceId)}`, AuthorizationType];
    }),
  );
};

const MACHINES = ['GET /activate', 'POST /activate', 'GET /tag', 'POST /tag'];
const ANYONE = [
  'GET /bootstrap/linux',
  'GET /bootstrap/windows',
  'GET /livez',
  'GET /readyz',
  'GET /openapi.json',
];

it.each(Object.entries(VARIANTS))(
  'IAM authorises every method but those of machines and of all, in %s',
  (_name, context) => {
    const methods = methodsOf(context);

    const open = [...methods].filter(([, authorization]) => authorization !== 'AWS_IAM');

    expect(new Map(open)).toEqual(new Map([...MACHINES, ...ANYONE].map((method) => [method, 'NONE'])));
    expect(methods.size).toBe(ROUTES.length);
    expect([...methods.keys()].filter((method) => /ANY|proxy/.test(method))).toEqual([]);
  },
);

const named = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`;

it('the service has no route that is not deployed', async () => {
  const { context } = await startService();
  const routes: string[] = [];
  const app = buildApp({ ...context, operators: () => undefined });
  app.addHook('onRoute', ({ method, url }) => {
    // Routes of several methods are those that refuse all other methods of a path.
    if (typeof method === 'string') routes.push(`${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
  });
  await app.ready();
  await app.close();

  expect(routes.length).toBeGreaterThan(0);
  expect(ROUTES.map(named)).toEqual(expect.arrayContaining(routes));
});

const Statement = z.object({
  Effect: z.string(),
  Principal: z.unknown(),
  Action: z.unknown(),
  Resource: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
  Condition: z.unknown().optional(),
});
const RestApi = z.object({
  Properties: z.object({
    EndpointConfiguration: z.object({ Types: z.array(z.string()), VpcEndpointIds: z.unknown().optional() }),
    Policy: z.object({ Statement: z.array(Statement) }),
  }),
});

const restApiOf = (context: Record<string, string>) => {
  const [api] = Object.values(serviceTemplate(context).findResources('AWS::ApiGateway::RestApi'));
  return RestApi.parse(api).Properties;
};

it.each(Object.entries(VARIANTS))(
  'the resource policy lets no one call an operator route without an allowance by IAM, in %s',
  (_name, context) => {
    const allowed = restApiOf(context).Policy.Statement.filter(({ Effect }) => Effect === 'Allow');

    const resources = allowed.flatMap(({ Resource }) => Resource);

    expect(new Set(resources)).toEqual(
      new Set([...MACHINES, ...ANYONE].map((route) => `execute-api:/latest/${route.replace(' ', '')}`)),
    );
  },
);

it('a private API denies every VPC endpoint but its own', () => {
  const { EndpointConfiguration, Policy } = restApiOf(PRIVATE);

  expect(EndpointConfiguration).toEqual({ Types: ['PRIVATE'], VpcEndpointIds: ['vpce-0123456789abcdef0'] });
  expect(Policy.Statement).toContainEqual({
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 'execute-api:Invoke',
    Resource: ['execute-api:/*'],
    Condition: { StringNotEquals: { 'aws:SourceVpce': ['vpce-0123456789abcdef0'] } },
  });
});

it('a public API denies every address but those of its CIDRs', () => {
  const { EndpointConfiguration, Policy } = restApiOf({
    ...PUBLIC,
    allowedCidrs: '203.0.113.0/24,198.51.100.7/32',
  });

  expect(EndpointConfiguration.Types).toEqual(['REGIONAL']);
  expect(Policy.Statement).toContainEqual({
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 'execute-api:Invoke',
    Resource: ['execute-api:/*'],
    Condition: { NotIpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '198.51.100.7/32'] } },
  });
});
