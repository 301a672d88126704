import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { createContext } from '../../src/context.ts';
import { createApiGatewayHandler } from '../../src/http/api-gateway.ts';
import type { SsmEvent } from '../../src/local/aws/events.ts';
import type { Faults } from '../../src/local/aws/faults.ts';
import { startEmbeddedAws } from '../../src/local/aws/server.ts';
import { createSimulatedMachine } from '../../src/local/simulated-machine.ts';
import { Policy } from '../../src/policy/policy.ts';
import { NO_LOG } from '../../src/service-log.ts';
import { createWorkerHandler } from '../../src/worker-handler.ts';
import { type Call, CONTEXT, restEvent } from '../http/api-gateway-events.ts';
import { startListeningDynamoDb } from '../ledger/listening-dynamodb.ts';
import { createTestClock, SERVED_FROM } from '../service.ts';
import { createRecordedClients } from './recorded-clients.ts';
import { grantsIn, statementsOf } from './role-permissions.ts';
import { PUBLIC, REGION, VARIANTS } from './synthesis.ts';

const TABLE = 'ssm-activation-recorded';
const POLICY = Policy.parse({
  joinTokens: { tags: { allowed: { '*': ['*'] } } },
  network: [{ cidrs: ['10.0.0.0/8'], names: ['*'], tags: { allowed: { '*': ['*'] } } }],
  nodes: { deregisterSilentAfterDays: 1 },
});
const keyPair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const Activation = z.object({ ActivationId: z.string(), ActivationCode: z.string() });
const DAY_MS = 24 * 60 * 60_000;

/** Both functions' handlers on one embedded AWS, each with clients of its own that write down what they send. */
const startRecorded = async () => {
  const clock = createTestClock();
  const faults: Faults = {};
  const events: SsmEvent[] = [];
  const aws = await startEmbeddedAws({
    host: '127.0.0.1',
    port: 0,
    region: REGION,
    clock: clock.now,
    faults,
    onEvent: (event) => events.push(event),
  });
  const dynamoDb = await startListeningDynamoDb(TABLE);
  const recorded = () => createRecordedClients(aws.url, dynamoDb.url);
  const clients = { api: recorded(), worker: recorded() };
  onTestFinished(async () => {
    for (const { ssm, dynamoDb: client } of Object.values(clients)) {
      ssm.destroy();
      client.destroy();
    }
    await aws.close();
  });
  const contextOn = (backend: (typeof clients)['api']) =>
    createContext(backend, {
      policy: POLICY,
      tableName: TABLE,
      nodeRole: 'ssm-node',
      region: REGION,
      clock: clock.now,
      log: NO_LOG,
    });
  const api = createApiGatewayHandler({ ...contextOn(clients.api), servedFrom: SERVED_FROM });
  const onError = (error: unknown) => {
    throw error;
  };
  const worker = createWorkerHandler({ ...contextOn(clients.worker), report: () => {}, onError });

  const call = async (request: Call) => {
    const { statusCode, body } = await api(restEvent({ sourceIp: '10.1.2.3', ...request }), CONTEXT);
    if (statusCode >= 400) throw new Error(body);
    return z.looseObject({}).parse(JSON.parse(body));
  };
  const asOperator = (method: string, path: string, more: Partial<Call> = {}) =>
    call({ method, path, userArn: 'arn:aws:iam::111122223333:user/alice', ...more });
  const activate = async (name: string, tags: string) => {
    const query = { name: [name], tags: [tags] };
    const { ActivationId: activationId, ActivationCode: activationCode } = Activation.parse(
      await call({ method: 'GET', path: '/activate', query }),
    );
    return { activationId, activationCode };
  };
  const machine = createSimulatedMachine({
    endpoint: aws.url,
    region: REGION,
    computerName: 'web',
    clock: clock.now,
    keyPair,
  });
  const queued = () => ({
    Records: events.splice(0).map((event, index) => ({ messageId: `${index}`, body: JSON.stringify(event) })),
  });
  return {
    operations: { api: clients.api.operations, worker: clients.worker.operations },
    clock,
    faults,
    call,
    asOperator,
    activate,
    machine,
    work: (event: unknown = queued()) => worker(event, CONTEXT),
  };
};

/** One life of a few machines that takes the functions through all that they do. */
const liveThrough = async () => {
  const recorded = await startRecorded();
  const { call, asOperator, activate, machine, work, clock, faults } = recorded;
  const json = { headers: { 'content-type': 'application/json' } };

  await call({ method: 'GET', path: '/readyz' });
  const expiresAt = new Date(clock.now().getTime() + DAY_MS).toISOString();
  const { TokenId } = await asOperator('POST', '/tokens', {
    ...json,
    body: { namePattern: 'web-*', maxNames: 3, expiresAt },
  });
  await asOperator('GET', '/tokens');
  await asOperator('DELETE', `/tokens/${TokenId}`);

  // An activation whose first answer is lost, and one that is asked for again.
  let lost = 0;
  faults.loseAnswer = (operation) => operation === 'CreateActivation' && lost++ === 0;
  await activate('web-0', 'Role=web');
  delete faults.loseAnswer;
  await activate('web-1', 'Role=web');
  const activation = await activate('web-1', 'Role=web,Old=yes');
  // Tags for a node that is not there yet, one taken away and one added, are for the worker.
  await asOperator('DELETE', '/nodes/web-1/tags', { query: { keys: ['Old'] } });
  await asOperator('PUT', '/nodes/web-1/tags', { ...json, body: { tags: { New: 'yes' } } });
  const nodeId = await machine.register(activation);
  await machine.ping();
  await work();
  await work({ task: 'sweep' });
  clock.advance(10 * 60_000);
  await work({ task: 'sweep' });

  await asOperator('GET', '/nodes');
  await asOperator('GET', `/nodes/${nodeId}`);
  await asOperator('GET', '/events', { query: { name: ['web-1'] } });
  await asOperator('GET', '/events');
  await asOperator('PUT', '/nodes/web-1/tags', { ...json, body: { tags: { Now: 'yes' } } });
  await asOperator('DELETE', '/nodes/web-1/tags', { query: { keys: ['Now'] } });
  await asOperator('POST', '/nodes/web-1/release');
  await asOperator('DELETE', '/nodes/web-1');
  await work();

  await machine.register(await activate('web-2', 'Role=web'));
  await machine.ping();
  await work();
  clock.advance(2 * DAY_MS);
  await work({ task: 'hourly' });
  await work({ task: 'sweep' });
  return recorded.operations;
};

/** What Lambda itself does with a function's role, and what SSM does with it when it is told of the node role. */
const NOT_OF_THE_CODE = /^(?:logs:|sqs:|iam:PassRole$|kms:)/;
const ofTheCode = (grants: ReadonlySet<string>) =>
  [...grants].filter((grant) => !NOT_OF_THE_CODE.test(grant)).toSorted();

describe('the roles of the functions', () => {
  it('grant what the functions do, all of it and nothing else', async () => {
    const operations = await liveThrough();

    const granted = (role: string) => ofTheCode(grantsIn(statementsOf(PUBLIC, role)));

    expect(granted('FunctionsApiRole')).toEqual([...operations.api].toSorted());
    expect(granted('FunctionsWorkerRole')).toEqual([...operations.worker].toSorted());
  }, 60_000);

  it.each(Object.entries(VARIANTS))(
    'have no wildcard that AWS would let one narrow, in %s',
    (_name, context) => {
      const unscoped = [
        'ssm:CreateActivation',
        'ssm:DeleteActivation',
        'ssm:DescribeActivations',
        'ssm:DescribeInstanceInformation',
      ];

      for (const { Effect, Action, Resource } of statementsOf(context, 'Functions')) {
        const wide = Resource.filter((resource) => JSON.stringify(resource).includes('*'));
        expect(Effect).toBe('Allow');
        expect(Action.filter((action) => action.includes('*'))).toEqual([]);
        for (const resource of wide) {
          if (resource === '*') expect(unscoped).toEqual(expect.arrayContaining(Action));
          else expect(JSON.stringify(resource)).toMatch(/:managed-instance\/mi-\*"/);
        }
      }
    },
  );

  it('pass the node role and no other, to SSM and no other', () => {
    const passing = [
      ...statementsOf(PUBLIC, 'FunctionsApiRole'),
      ...statementsOf(PUBLIC, 'FunctionsWorkerRole'),
    ].filter(({ Action }) => Action.includes('iam:PassRole'));

    expect(passing).toEqual([
      {
        Effect: 'Allow',
        Action: ['iam:PassRole'],
        Resource: [{ 'Fn::GetAtt': [expect.stringMatching(/^NodeRole/), 'Arn'] }],
        Condition: { StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' } },
      },
    ]);
  });
});
