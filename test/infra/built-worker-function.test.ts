import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { AwsError } from '../../src/local/aws/errors.ts';
import { createSimulatedMachine } from '../../src/local/simulated-machine.ts';
import { restEvent } from '../http/api-gateway-events.ts';
import { startBuiltFunctions } from './built-functions.ts';
import { REGION } from './synthesis.ts';

let functions: Awaited<ReturnType<typeof startBuiltFunctions>>;
const keyPair = generateKeyPairSync('rsa', { modulusLength: 2048 });

beforeAll(async () => {
  functions = await startBuiltFunctions();
});
afterAll(() => functions.close());
beforeEach(() => {
  functions.calls.length = 0;
  functions.events.length = 0;
  delete functions.faults.refuse;
});

const REGISTRATION = 'SSM Managed Instance Registration';
const DEREGISTRATION = 'SSM Managed Instance Deregistration';
const ssmEvent = (type: string, detail: unknown) => ({
  version: '0',
  id: '12345678-1234-1234-1234-111122223333',
  source: 'aws.ssm',
  'detail-type': type,
  account: '111122223333',
  time: '2026-11-21T10:00:00Z',
  region: REGION,
  resources: [],
  detail,
});
const ec2Event = (detail: unknown) => ({
  ...ssmEvent('EC2 Instance State-change Notification', detail),
  source: 'aws.ec2',
});
const queued = (...bodies: readonly unknown[]) => ({
  Records: bodies.map((body, index) => ({
    messageId: `message-${index}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    eventSource: 'aws:sqs',
  })),
});
const failed = (...indexes: readonly number[]) => ({
  batchItemFailures: indexes.map((index) => ({ itemIdentifier: `message-${index}` })),
});
const lines = () => functions.worker.output().split('\n');

const Answer = z.object({ statusCode: z.int(), body: z.string() });
const Activation = z.object({ ActivationId: z.string(), ActivationCode: z.string() });
const Node = z.object({ InstanceId: z.string().optional(), Tags: z.record(z.string(), z.string()) });
const ask = async (call: Partial<Parameters<typeof restEvent>[0]>): Promise<unknown> => {
  const event = restEvent({ method: 'GET', path: '/', sourceIp: '10.1.2.3', ...call });
  const { statusCode, body } = Answer.parse(await functions.api.invoke(event));
  expect(statusCode, body).toBeLessThan(300);
  return JSON.parse(body);
};

/** A machine that has registered, with a tag that is still to be set on its node. */
const register = async (name: string) => {
  const { ActivationId, ActivationCode } = Activation.parse(
    await ask({ path: '/activate', query: { name: [name] } }),
  );
  await ask({ path: '/tag', query: { name: [name], tags: ['Role=web'] } });
  const machine = createSimulatedMachine({
    endpoint: functions.awsUrl,
    region: REGION,
    computerName: name,
    keyPair,
  });
  return machine.register({ activationId: ActivationId, activationCode: ActivationCode });
};
const nodeOf = async (name: string) => Node.parse(await ask({ path: `/nodes/${name}`, userArn: ARN }));
const ARN = 'arn:aws:iam::111122223333:user/alice';

test.each([REGISTRATION, DEREGISTRATION])(
  'a %s that names no managed node is done, told of, and asks Systems Manager nothing',
  async (type) => {
    const batch = queued(
      ssmEvent(type, {}),
      ssmEvent(type, null),
      ssmEvent(type, { 'instance-id': null }),
      ssmEvent(type, { 'instance-id': '' }),
      ssmEvent(type, { 'instance-id': 'i-0123456789abcdef0' }),
      ssmEvent(type, { 'instance-id': 'mi-0123' }),
      { source: 'aws.ssm', 'detail-type': type },
    );

    const answer = await functions.worker.invoke(batch);

    expect(answer).toEqual(failed());
    expect(functions.calls).toEqual([]);
    const told = { task: 'passed over', messageId: 'message-6', because: 'it names no managed node' };
    await expect.poll(lines).toContain(JSON.stringify(told));
  },
);

test.each([
  ['no id', { state: 'terminated' }],
  ['a null for an id', { 'instance-id': null, state: 'terminated' }],
  ['the id of a managed node', { 'instance-id': 'mi-0123456789abcdef0', state: 'terminated' }],
  ['another state', { 'instance-id': 'i-0123456789abcdef0', state: 'stopped' }],
])('an end of an EC2 instance with %s is done', async (_what, detail) => {
  const answer = await functions.worker.invoke(queued(ec2Event(detail)));

  expect(answer).toEqual(failed());
  expect(functions.calls).toEqual([]);
});

test('what is not understood comes again, and so ends in the dead-letter queue; nothing beside it does', async () => {
  const id = await register('beside-poison');
  const batch = queued(
    'no JSON',
    '',
    'null',
    '[]',
    { source: 'somebody.else', 'detail-type': REGISTRATION },
    { source: 'aws.ssm', 'detail-type': 'Maintenance Window State-change Notification' },
    ssmEvent(REGISTRATION, { 'instance-id': id }),
    ec2Event({ 'instance-id': 'i-0123456789abcdef0', state: 'terminated' }),
  );
  const withoutBody = [{ messageId: 'message-8', body: null }, { messageId: 'message-9' }];

  const answer = await functions.worker.invoke({ Records: [...batch.Records, ...withoutBody] });

  expect(answer).toEqual(failed(0, 1, 2, 3, 4, 5, 8, 9));
  expect(await nodeOf('beside-poison')).toEqual({ InstanceId: id, Tags: { Role: 'web' } });
});

test('a node whose tags cannot be set fails alone, though Systems Manager is asked once for all', async () => {
  const good = await register('tags-good');
  const bad = await register('tags-bad');
  const last = await register('tags-last');
  functions.calls.length = 0;
  let refused = 0;
  functions.faults.refuse = (operation) => {
    if (operation !== 'AddTagsToResource') return undefined;
    refused += 1;
    return refused === 2 ? new AwsError('AccessDeniedException') : undefined;
  };

  const answer = await functions.worker.invoke(
    queued(...[good, bad, last].map((id) => ssmEvent(REGISTRATION, { 'instance-id': id }))),
  );

  const { batchItemFailures } = z
    .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })) })
    .parse(answer);
  expect(batchItemFailures).toHaveLength(1);
  const operations = functions.calls.map(({ operation }) => operation);
  expect(operations.filter((operation) => operation === 'DescribeInstanceInformation')).toHaveLength(1);
  expect(operations.filter((operation) => operation === 'AddTagsToResource')).toHaveLength(3);
});

test('messages about one node have one verdict, and when Systems Manager says nothing all come again', async () => {
  const id = await register('silent');
  functions.faults.refuse = (operation) =>
    operation === 'DescribeInstanceInformation' ? new AwsError('AccessDeniedException') : undefined;
  const event = ssmEvent(REGISTRATION, { 'instance-id': id });

  const answer = await functions.worker.invoke(queued(event, event, ssmEvent(REGISTRATION, {})));

  expect(answer).toEqual(failed(0, 1));
});
