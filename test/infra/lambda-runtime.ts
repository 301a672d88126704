import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { REGION } from './synthesis.ts';

const CLIENT = fileURLToPath(new URL('aws-lambda-ric/node_modules/aws-lambda-ric/', import.meta.url));

/** It is compiled when it is installed: `npm ci --prefix test/infra/aws-lambda-ric`. */
export const isRuntimeClientInstalled = existsSync(`${CLIENT}rapid-client.node`);

export interface RunningFunction {
  /** What the function answered to an event. Rejects with the error that it reported. */
  invoke(event: unknown): Promise<unknown>;
  /** What it wrote to its log. */
  output(): string;
}

interface Invocation {
  readonly id: string;
  readonly event: unknown;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Runs a function's folder as Lambda does: AWS's own runtime interface client, asking a Runtime API for invocations
 * (Lambda developer guide, "Using the Lambda runtime API"). It ends with the test.
 */
export const runFunction = async (
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<RunningFunction> => {
  const waiting: Invocation[] = [];
  const underWay = new Map<string, Invocation>();
  let asking: ServerResponse | undefined;
  let output = '';
  let failure: Error | undefined;

  const handOver = () => {
    const next = asking && waiting.shift();
    if (!asking || !next) return;
    underWay.set(next.id, next);
    asking.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': next.id,
      'lambda-runtime-deadline-ms': String(Date.now() + 29_000),
      'lambda-runtime-invoked-function-arn': `arn:aws:lambda:${REGION}:111122223333:function:test`,
    });
    asking.end(JSON.stringify(next.event));
    asking = undefined;
  };
  const fail = (error: Error) => {
    failure = error;
    for (const { reject } of [...waiting.splice(0), ...underWay.values()]) reject(error);
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url?.replace('/2018-06-01/runtime/', '') ?? '';
    if (path === 'invocation/next') {
      asking = response;
      return handOver();
    }
    const body = await text(request);
    const [, id = '', outcome] = path.split('/');
    const invocation = underWay.get(id);
    underWay.delete(id);
    if (outcome === 'response') invocation?.resolve(JSON.parse(body));
    else if (outcome === 'error') invocation?.reject(new Error(body));
    else fail(new Error(`${path}: ${body}`));
    response.writeHead(202).end('{}');
  };

  const server = createServer((request, response) => void answer(request, response).catch(fail));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the Runtime API has no port');

  const child = spawn(process.execPath, [`${CLIENT}index.mjs`], {
    cwd: folder,
    env: {
      ...environment,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${address.port}`,
      LAMBDA_TASK_ROOT: folder,
      _HANDLER: 'index.handler',
      AWS_LAMBDA_FUNCTION_NAME: 'test',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
      AWS_LAMBDA_LOG_GROUP_NAME: 'test',
      AWS_LAMBDA_LOG_STREAM_NAME: 'test',
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += data.toString();
    });
  }
  const ended = once(child, 'exit').then(() => fail(new Error(`the runtime ended:\n${output}`)));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    server.closeAllConnections();
    server.close();
  });

  let invocations = 0;
  return {
    output: () => output,
    invoke: (event) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure);
        invocations += 1;
        waiting.push({ id: `invocation-${invocations}`, event, resolve, reject });
        handOver();
      }),
  };
};
