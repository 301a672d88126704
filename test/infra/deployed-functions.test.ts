import { expect, it } from 'vitest';
import * as z from 'zod';
import { AwsError } from '../../src/local/aws/errors.ts';
import { type Call, restEvent } from '../http/api-gateway-events.ts';
import { startDeployment } from './deployment.ts';
import { isRuntimeClientInstalled, type RunningFunction } from './lambda-runtime.ts';

const OPERATOR = 'arn:aws:sts::111122223333:assumed-role/Operators/alice';
const HOW = 'install it: npm ci --prefix test/infra/aws-lambda-ric (a C++ compiler, cmake and xz compile it)';

const Answer = z.object({
  statusCode: z.int(),
  body: z.string().transform((body): unknown => JSON.parse(body)),
});
const Activation = z.object({ ActivationId: z.string(), ActivationCode: z.string() });

const call = async (api: RunningFunction, request: Call) =>
  Answer.parse(await api.invoke(restEvent(request)));

const activate = (api: RunningFunction, sourceIp = '10.1.2.3') =>
  call(api, {
    method: 'GET',
    path: '/activate',
    query: { name: ['web-1'], tags: ['Environment=Dev'] },
    sourceIp,
  });

const asQueued = (...events: object[]) => ({
  Records: events.map((event, index) => ({
    messageId: `message-${index}`,
    body: JSON.stringify(event),
    eventSource: 'aws:sqs',
  })),
});

if (process.env['CI'] && !isRuntimeClientInstalled) throw new Error(`aws-lambda-ric is missing; ${HOW}`);

it.skipIf(!isRuntimeClientInstalled)(
  `the uploaded assets activate, link, tag, answer and refuse on Lambda's own runtime (${HOW})`,
  async () => {
    const { api, worker, events, machine } = await startDeployment();
    const web1 = machine();

    const activation = await activate(api);
    const { ActivationId, ActivationCode } = Activation.parse(activation.body);
    const nodeId = await web1.register({ activationId: ActivationId, activationCode: ActivationCode });
    await web1.ping();
    const pending = await call(api, {
      method: 'POST',
      path: '/tag',
      headers: { 'content-type': 'application/json' },
      body: { name: 'web-1', tags: { Environment: 'Prod' } },
      sourceIp: '10.1.2.3',
    });
    const batch = await worker.invoke(asQueued(...events));
    const nodes = await call(api, { method: 'GET', path: '/nodes', userArn: OPERATOR });
    const again = await activate(api);
    const stranger = await activate(api, '203.0.113.9');
    const noOperator = await call(api, { method: 'GET', path: '/nodes' });
    const swept = await worker.invoke({ task: 'sweep' });
    const hourly = await worker.invoke({ task: 'hourly' });

    expect(activation.statusCode).toBe(200);
    expect([200, 202]).toContain(pending.statusCode);
    expect(events).toMatchObject([{ 'detail-type': 'SSM Managed Instance Registration' }]);
    expect(batch).toEqual({ batchItemFailures: [] });
    expect(nodes).toMatchObject({
      statusCode: 200,
      body: {
        Nodes: [{ Name: 'web-1', InstanceId: nodeId, PingStatus: 'Online', Tags: { Environment: 'Prod' } }],
      },
    });
    expect(again).toMatchObject({ statusCode: 409, body: { code: 'AlreadyRegistered' } });
    expect(stranger).toMatchObject({ statusCode: 401, body: { code: 'InvalidIdentity' } });
    expect(noOperator).toMatchObject({ statusCode: 401, body: { code: 'OperatorRequired' } });
    expect([swept, hourly]).toEqual([null, null]);
    const report = (line: object) => `${JSON.stringify(line)}\n`;
    expect(worker.output()).toContain(report({ task: 'events', events: 1, failed: 0 }));
    expect(worker.output()).toMatch(/^\{"task":"sweep","looked":\d+,"complete":true}$/m);
    expect(worker.output()).toContain(report({ task: 'hourly', managedNodes: 1, silentNodesRemoved: 0 }));
    expect(api.output() + worker.output()).not.toContain(ActivationCode);
  },
  60_000,
);

it.skipIf(!isRuntimeClientInstalled)(
  'the API function serves the bootstrap scripts that it was uploaded with',
  async () => {
    const { api } = await startDeployment();

    const answers = await Promise.all(
      ['/bootstrap/linux', '/bootstrap/windows'].map((path) =>
        api.invoke(restEvent({ method: 'GET', path })),
      ),
    );

    expect(answers).toMatchObject([
      { statusCode: 200, body: expect.stringContaining("default_region='eu-west-1'") },
      { statusCode: 200, body: expect.stringContaining("$Default_region = 'eu-west-1'") },
    ]);
  },
);

it.skipIf(!isRuntimeClientInstalled)(
  "the API function tells Systems Manager's refusals apart, though it has no classes for them",
  async () => {
    const { api, faults, machine } = await startDeployment();
    let throttled = 0;
    faults.refuse = (operation) => {
      if (operation === 'AddTagsToResource') return new AwsError('TooManyTagsError');
      return operation === 'CreateActivation' && throttled++ === 0
        ? new AwsError('ThrottlingException')
        : undefined;
    };

    const activation = await activate(api);
    const { ActivationId, ActivationCode } = Activation.parse(activation.body);
    await machine().register({ activationId: ActivationId, activationCode: ActivationCode });
    const tagged = await call(api, {
      method: 'GET',
      path: '/tag',
      query: { name: ['web-1'], tags: ['Environment=Prod'] },
      sourceIp: '10.1.2.3',
    });

    expect(throttled).toBe(2);
    expect(tagged).toMatchObject({ statusCode: 409, body: { code: 'TagsRefused' } });
  },
);

it.skipIf(!isRuntimeClientInstalled)('the worker asks for events again that it could not take', async () => {
  const { worker } = await startDeployment();
  const terminated = {
    source: 'aws.ec2',
    'detail-type': 'EC2 Instance State-change Notification',
    account: '111122223333',
    detail: { 'instance-id': 'i-0123456789abcdef0', state: 'terminated' },
  };

  const batch = await worker.invoke(asQueued(terminated, { source: 'somebody.else' }));

  expect(batch).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
  await expect(worker.invoke({ task: 'dance' })).rejects.toThrow(/task/);
});
