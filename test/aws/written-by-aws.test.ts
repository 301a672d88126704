import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeActivationsCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect, onTestFinished, test } from 'vitest';
import { faultOf } from '../../src/aws/faults.ts';
import { writtenByAws } from '../../src/aws/written-by-aws.ts';
import { LOCAL_CREDENTIALS } from '../../src/local/credentials.ts';

const PAGE = '<html><body>Sign in to the network</body></html>';
const REQUEST_ID = { 'x-amzn-requestid': '0f3a' };
const refusal = (code: string) => JSON.stringify({ __type: `com.amazonaws#${code}`, message: 'no' });

/** Clients of a server that answers everything in this way, as the service makes them. */
const answering = async (answer: (response: ServerResponse) => void) => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const options = {
    endpoint: `http://127.0.0.1:${Object(server.address()).port}`,
    region: 'eu-west-1',
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 1,
  };
  const ssm = new SSMClient(options);
  const dynamoDb = new DynamoDBClient(options);
  onTestFinished(() => {
    ssm.destroy();
    dynamoDb.destroy();
    server.closeAllConnections();
    server.close();
  });
  const connections = () =>
    new Promise<number>((resolve, reject) =>
      server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  return {
    connections,
    calls: [
      async () => writtenByAws(await ssm.send(new DescribeActivationsCommand({}))),
      async () => {
        const command = new GetItemCommand({ TableName: 'ledger', Key: { PK: { S: 'a' } } });
        return writtenByAws(await dynamoDb.send(command));
      },
    ],
  };
};
const faultMet = (call: () => Promise<unknown>) =>
  call().then(
    () => 'answered',
    (error: unknown) => faultOf(error),
  );

test.each<[string, string, (response: ServerResponse) => void]>([
  ['a page of a proxy', 'unanswered', (response) => response.end(PAGE)],
  ['a page of a proxy that refuses', 'unanswered', (response) => response.writeHead(403).end(PAGE)],
  ['a gateway that finds nobody', 'unanswered', (response) => response.writeHead(502).end(PAGE)],
  ['nothing', 'unanswered', (response) => response.end()],
  ['nothing, with status 400', 'unanswered', (response) => response.writeHead(400).end()],
  ['nothing, with status 429', 'throttled', (response) => response.writeHead(429).end()],
  ['an answer cut short', 'unanswered', (response) => response.writeHead(200, REQUEST_ID).end('{"Item')],
  [
    'less than was announced',
    'unanswered',
    (response) => {
      response.writeHead(200, { ...REQUEST_ID, 'content-length': '100' }).write('{"It');
      setImmediate(() => response.destroy());
    },
  ],
  [
    'a refusal of AWS',
    'refused',
    (response) => response.writeHead(400, REQUEST_ID).end(refusal('AccessDeniedException')),
  ],
  [
    'throttling of AWS',
    'throttled',
    (response) => response.writeHead(400, REQUEST_ID).end(refusal('ThrottlingException')),
  ],
  [
    'a failure of AWS',
    'unanswered',
    (response) => response.writeHead(500, REQUEST_ID).end(refusal('InternalServerError')),
  ],
  ['an answer of AWS', 'answered', (response) => response.writeHead(200, REQUEST_ID).end('{}')],
])('%s is taken for what it is: %s', async (_what, fault, answer) => {
  const { calls } = await answering(answer);

  for (const call of calls) expect(await faultMet(call)).toBe(fault);
});

test('a hundred pages leave no connection in use', async () => {
  const { calls, connections } = await answering((response) => {
    response.writeHead(200, { 'content-length': String(PAGE.length * 1_000) });
    for (let times = 0; times < 1_000; times += 1) response.write(PAGE);
    response.end();
  });

  for (const call of calls) await Promise.all(Array.from({ length: 50 }, () => faultMet(call)));

  // Those that were read to their end are kept for the next calls; the client has fifty at most.
  await expect.poll(connections).toBeLessThanOrEqual(100);
  for (const call of calls) expect(await faultMet(call)).toBe('unanswered');
});
