/**
 * As little of SSM and DynamoDB as the service calls, in a process of its own so that it costs the measured one
 * nothing: `node bench/stub-aws.ts LATENCY_MS` prints where it listens. It judges nothing: items are kept whatever a
 * write's condition says.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

const latencyMs = Number(process.argv[2] ?? 0);

const Key = z.object({ PK: z.object({ S: z.string() }), SK: z.object({ S: z.string() }) });
const keyOf = (given: unknown): string => JSON.stringify(Object.values(Key.parse(given)));
const Put = z.object({ Item: z.looseObject({}) });
const Get = z.object({ Key: z.looseObject({}) });
const Nodes = z.object({ Filters: z.tuple([z.object({ Key: z.string(), Values: z.array(z.string()) })]) });

const items = new Map<string, unknown>();
let calls: { readonly operation: string; readonly input: unknown }[] = [];

const pinged = (node: string) => ({
  InstanceId: node,
  PingStatus: 'Online',
  LastPingDateTime: Date.now() / 1000,
  RegistrationDate: Date.now() / 1000,
  AgentVersion: '3.3.0.0',
  ActivationId: randomUUID(),
});

const OPERATIONS: Readonly<Record<string, (input: unknown) => object>> = {
  'DynamoDB_20120810.GetItem': (input) => {
    const Item = items.get(keyOf(Get.parse(input).Key));
    return Item === undefined ? {} : { Item };
  },
  'DynamoDB_20120810.PutItem': (input) => {
    const { Item } = Put.parse(input);
    items.set(keyOf(Item), Item);
    return {};
  },
  'AmazonSSM.CreateActivation': () => ({ ActivationId: randomUUID(), ActivationCode: 'a'.repeat(20) }),
  'AmazonSSM.DescribeInstanceInformation': (input) => {
    const [{ Key: key, Values }] = Nodes.parse(input).Filters;
    return { InstanceInformationList: key === 'InstanceIds' ? Values.map(pinged) : [] };
  },
};

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString() || 'null');
};

/** Beside AWS's operations: `/calls` answers with those made since it was last asked, `/forget` empties the table too. */
const server = createServer(async (request, response) => {
  const input = await bodyOf(request);
  if (request.url === '/calls' || request.url === '/forget') {
    response.end(JSON.stringify(calls));
    calls = [];
    if (request.url === '/forget') items.clear();
    return;
  }
  const operation = String(request.headers['x-amz-target']);
  calls.push({ operation, input });
  const answer = OPERATIONS[operation];
  if (latencyMs > 0) await sleep(latencyMs);
  response.writeHead(answer ? 200 : 400, {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': randomUUID(),
  });
  response.end(
    JSON.stringify(answer?.(input) ?? { __type: 'UnknownOperationException', message: operation }),
  );
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.stdout.write(`http://127.0.0.1:${address?.port}\n`);
});
