import { generateKeyPairSync } from 'node:crypto';
import { ListTagsForResourceCommand } from '@aws-sdk/client-ssm';
import supertest, { type Response } from 'supertest';
import { expect, onTestFinished } from 'vitest';
import * as z from 'zod';
import type { Task } from '../../src/activation/deadline.ts';
import type { Ports, PortsFor } from '../../src/activation/ports.ts';
import { createRefusals } from '../../src/activation/refusals.ts';
import { buildApp } from '../../src/http/app.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import { byOperatorKey } from '../../src/http/operator-key.ts';
import { createSimulatedMachine } from '../../src/local/simulated-machine.ts';
import { OPERATOR, OPERATOR_KEY, REGION, startService, type TestService, unhurried } from '../service.ts';

/** Making one takes long; the machines of a test file share it. */
const keyPair = generateKeyPairSync('rsa', { modulusLength: 2048 });

export interface Api extends TestService {
  readonly http: ReturnType<typeof supertest>;
  /** Resolves when the trail has the refusals of the answers so far. */
  refusalsWritten(): Promise<void>;
}

export interface ApiChanges extends Partial<Omit<AppContext, 'portsFor'>> {
  /** Ports to put in place of the service's own, for all tasks or for each. */
  readonly ports?: (service: TestService) => Partial<Ports> | ((task: Task) => Partial<Ports>);
}

/** The service with its HTTP surface on a port of its own. */
export const startApi = async ({ ports, ...changes }: ApiChanges = {}): Promise<Api> => {
  const service = await startService();
  const replaced = ports?.(service);
  const portsFor: PortsFor = (task) => ({
    ...service.portsFor(task),
    ...(typeof replaced === 'function' ? replaced(task) : replaced),
  });
  const refusals = createRefusals({
    append: (event) => portsFor(unhurried()).events.append(event),
    onDropped: () => {},
  });
  const app = buildApp({
    ...service.context,
    operators: byOperatorKey(OPERATOR_KEY),
    ...changes,
    portsFor,
    refusals,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => app.close());
  const refusalsWritten = () => refusals.written(1_000);
  return { ...service, app, http: supertest(app.server), refusalsWritten };
};

/** A route for operators, with the key. */
export const asOperator = (
  { http }: Api,
  method: 'get' | 'put' | 'post' | 'delete',
  path: string,
): supertest.Test => http[method](path).set(OPERATOR);

const Activation = z.object({ ActivationId: z.string(), ActivationCode: z.string() });

export const activate = async ({ http }: Api, query: Record<string, string>) => {
  const { body } = await http.get('/activate').query(query).expect(200);
  const { ActivationId: activationId, ActivationCode: activationCode } = Activation.parse(body);
  return { activationId, activationCode };
};

export const machineOf = ({ aws, clock }: Api, computerName: string) =>
  createSimulatedMachine({ endpoint: aws.url, region: REGION, computerName, clock: clock.now, keyPair });

/** A machine that asked for its activation, registered with it and is online; the service has seen it. */
export const bootMachine = async (api: Api, name: string, tags = '') => {
  const machine = machineOf(api, name);
  const instanceId = await machine.register(await activate(api, { name, ...(tags && { tags }) }));
  await machine.ping();
  api.clock.advance(2_000);
  await api.sweep();
  return { machine, instanceId };
};

/** The tags that Systems Manager has on a node. */
export const tagsInSsm = async ({ ssm }: Api, instanceId: string): Promise<Record<string, string>> => {
  const resource = { ResourceType: 'ManagedInstance', ResourceId: instanceId } as const;
  const { TagList = [] } = await ssm.send(new ListTagsForResourceCommand(resource));
  return Object.fromEntries(TagList.map(({ Key = '', Value = '' }) => [Key, Value]));
};

/** How many times the service asked Systems Manager for an operation. */
export const timesCalled = ({ calls }: Api, operation: string): number =>
  calls.filter((call) => call.operation === operation).length;

/** RFC 9457, with this service's own members and nothing else. */
const Problem = z.strictObject({
  type: z.string().startsWith('urn:ssm-activation-api:problem:'),
  title: z.string().min(1),
  status: z.int(),
  detail: z.string().min(1),
  code: z.string(),
  requestId: z.string().min(1),
  errors: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional(),
});

/** Checks that an answer is a whole problem of this code, and returns it. */
export const problemIn = (
  response: Pick<Response, 'status' | 'headers' | 'body'>,
  status: number,
  code: string,
) => {
  const problem = Problem.parse(response.body);
  expect(problem).toMatchObject({ status, code, requestId: response.headers['x-request-id'] });
  expect(response.status).toBe(status);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json\b/);
  expect(response.headers['cache-control']).toBe('no-store');
  return problem;
};
