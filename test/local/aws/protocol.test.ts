/** What goes over the wire, under the clients: HTTP, JSON, and who may call. */
import { createConnection } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import {
  amzDate,
  formatAuthorization,
  signWithSecret,
  stringToSign,
} from '../../../src/local/aws/signature.ts';
import { region, startTestAws } from '../embedded-aws.ts';
import { registerRaw } from '../raw-agent.ts';

const operator = formatAuthorization({
  accessKeyId: 'AKIAANYONE',
  scope: { date: '20260101', region: 'eu-west-1', service: 'ssm' },
  signedHeaders: ['host'],
  signature: '0'.repeat(64),
});

async function post(url: string, body: string | ReadableStream, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonSSM.DescribeActivations',
      authorization: operator,
      ...headers,
    },
    duplex: 'half',
  });
  const answer: unknown = await response.json();
  return { status: response.status, headers: response.headers, answer };
}

test('an answer carries a request id and the content type of AWS JSON 1.1', async () => {
  const { aws } = await startTestAws();

  const { status, headers } = await post(aws.url, '{}');

  expect(status).toBe(200);
  expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  expect(headers.get('content-type')).toBe('application/x-amz-json-1.1');
});

test('timestamps are epoch seconds, and absent members are absent', async () => {
  const { aws, activate, clock } = await startTestAws();
  await activate();

  const { answer } = await post(aws.url, '{}');

  expect(answer).toMatchObject({ ActivationList: [{ CreatedDate: clock().getTime() / 1000 }] });
  expect(JSON.stringify(answer)).not.toContain('null');
  expect(answer).not.toHaveProperty('NextToken');
});

test.each([
  ['no Authorization header', { authorization: '' }, 'MissingAuthenticationTokenException'],
  ['another scheme', { authorization: 'Bearer x' }, 'IncompleteSignatureException'],
  ['half a header', { authorization: operator.slice(0, 80) }, 'IncompleteSignatureException'],
  [
    'a scope of another service',
    { authorization: operator.replace('/ssm/', '/ec2/') },
    'InvalidSignatureException',
  ],
  ['an operation that is none', { 'x-amz-target': 'AmazonSSM.SendCommand' }, 'UnknownOperationException'],
  ['a property of objects', { 'x-amz-target': 'AmazonSSM.constructor' }, 'UnknownOperationException'],
  ["another service's operation", { 'x-amz-target': 'AmazonSSM.GetMessages' }, 'UnknownOperationException'],
  ['no target', { 'x-amz-target': '' }, 'UnknownOperationException'],
  ['another content type', { 'content-type': 'text/plain' }, 'UnknownOperationException'],
])('a call with %s is refused', async (_case, headers, code) => {
  const { aws } = await startTestAws();

  const { status, answer } = await post(aws.url, '{}', headers);

  expect(status).toBe(400);
  expect(answer).toEqual({ __type: code, message: expect.stringMatching(/./) });
});

test.each(['{', '[]', '"x"', 'null', '{"MaxResults":"5"}', '{"Filters":{}}', '{"NextToken":1}'])(
  'the body %s is a SerializationException',
  async (body) => {
    const { aws } = await startTestAws();

    const { status, answer } = await post(aws.url, body);

    expect(status).toBe(400);
    expect(answer).toMatchObject({ __type: 'SerializationException' });
  },
);

test('members that are null count as absent, and unknown ones are ignored', async () => {
  const { aws } = await startTestAws();

  const { status } = await post(aws.url, '{"MaxResults":null,"Unheard":{"of":[1]}}');

  expect(status).toBe(200);
});

test('a body sent in chunks is read whole', async () => {
  const { aws, activate } = await startTestAws();
  await activate();
  const chunks = ['{"Filters":[{"FilterKey":"Iam', 'Role","FilterValues":["Node', 'Role"]}]}'];
  const body = ReadableStream.from(chunks.map((chunk) => new TextEncoder().encode(chunk)));

  const { answer } = await post(aws.url, body);

  expect(answer).toMatchObject({ ActivationList: [{ IamRole: 'NodeRole' }] });
});

test('a body over a megabyte is refused, and the server goes on', async () => {
  const { aws } = await startTestAws();

  const refused = await post(aws.url, `{"NextToken":"${'x'.repeat(1024 * 1024)}"}`);

  expect(refused).toMatchObject({ status: 413, answer: { __type: 'RequestEntityTooLargeException' } });
  expect((await post(aws.url, '{}')).status).toBe(200);
});

test('only POST / is served', async () => {
  const { aws } = await startTestAws();

  expect((await post(`${aws.url}/elsewhere`, '{}')).status).toBe(400);
  expect((await fetch(aws.url)).status).toBe(400);
});

test('each call is reported with its operation and outcome', async () => {
  const { aws, calls } = await startTestAws();

  await post(aws.url, '{}');
  await post(aws.url, '{"MaxResults":0}');
  await post(aws.url, '{}', { 'x-amz-target': 'AmazonSSM.SendCommand' });

  expect(calls).toEqual([
    { operation: 'DescribeActivations', code: 'ok' },
    { operation: 'DescribeActivations', code: 'ValidationException' },
    { operation: 'Unknown', code: 'UnknownOperationException' },
  ]);
});

test('a message poll is held, and let go at closing', async () => {
  const { aws, activate, clock } = await startTestAws();
  const { instanceId, credentials } = await registerRaw(aws.url, await activate(), clock());
  const body = JSON.stringify({
    Destination: instanceId,
    MessagesRequestId: 'x',
    VisibilityTimeoutInSeconds: 10,
  });
  const time = amzDate(clock());
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    host: new URL(aws.url).host,
    'x-amz-date': time,
    'x-amz-security-token': credentials.SessionToken,
    'x-amz-target': 'EC2WindowsMessageDeliveryService.GetMessages',
  };
  const scope = { date: time.slice(0, 8), region, service: 'ec2messages' };
  const signedHeaders = Object.keys(headers);
  const request = { method: 'POST', path: '/', headers, body: Buffer.from(body) };
  const text = stringToSign(request, { scope, signedHeaders });
  const authorization = formatAuthorization({
    accessKeyId: credentials.AccessKeyId,
    scope,
    signedHeaders,
    signature: signWithSecret(credentials.SecretAccessKey, scope, text),
  });

  const poll = post(aws.url, body, { ...headers, authorization });
  const first = await Promise.race([poll, delay(300, 'held')]);
  await aws.close();

  expect(first).toBe('held');
  expect(await poll).toMatchObject({ status: 200, answer: {} });
});

test('closing does not wait for a caller that never finishes its request', async () => {
  const { aws } = await startTestAws();
  const { hostname, port } = new URL(aws.url);
  const socket = createConnection({ host: hostname, port: Number(port) });
  socket.on('error', () => {});
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{');
  await delay(100);
  const startedAt = performance.now();

  await aws.close();

  expect(performance.now() - startedAt).toBeLessThan(5000);
  socket.destroy();
});
