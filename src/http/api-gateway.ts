import awsLambdaFastify, { type LambdaResponse } from '@fastify/aws-lambda';
import type { Context } from 'aws-lambda';
import { type FastifyInstance, LogController } from 'fastify';
import * as z from 'zod';
import type { AppContext } from './app-context.ts';
import { createJsonLog } from './json-log.ts';
import { buildMachineApp, isMachineCall } from './machine-app.ts';

/** API Gateway's request id, which @fastify/aws-lambda would let a caller's own header replace. */
const Headers = z.record(z.string(), z.unknown()).nullish();
const Event = z.looseObject({
  headers: Headers,
  multiValueHeaders: Headers,
  httpMethod: z.string().optional(),
  path: z.string().optional(),
});

const withoutRequestId = (headers: z.infer<typeof Headers>) =>
  headers &&
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'x-request-id'));

export type ApiGatewayHandler = (event: unknown, context: Context) => Promise<LambdaResponse>;

/**
 * The service behind API Gateway: operators are IAM principals, callers' addresses are those that it saw. Machines that
 * boot meet functions that start: the whole service is loaded by the first call that is none of theirs.
 */
export const createApiGatewayHandler = (
  context: Omit<AppContext, 'operators'>,
  writeLine?: (line: string) => void,
): ApiGatewayHandler => {
  const options = {
    // The id comes from the event's request context by way of this header.
    requestIdHeader: 'x-request-id',
    ...(writeLine && { loggerInstance: createJsonLog(writeLine) }),
    // API Gateway's access log has a line for each request.
    logController: new LogController({ disableRequestLogging: true }),
  };
  const handlerOf = (app: FastifyInstance) =>
    awsLambdaFastify(app, { parseCommaSeparatedQueryParams: false, payloadAsStream: false });
  const machines = handlerOf(buildMachineApp(context, options));
  const load = async () => {
    const [{ buildApp }, { iamPrincipal }] = await Promise.all([
      import('./app.ts'),
      import('./iam-principal.ts'),
    ]);
    return handlerOf(buildApp({ ...context, operators: iamPrincipal }, options));
  };
  let loaded: ReturnType<typeof load> | undefined;
  const whole = () => {
    loaded ??= load();
    return loaded;
  };
  return async (given, lambdaContext) => {
    const event = Event.parse(given);
    const { httpMethod = '', path = '' } = event;
    const handle = isMachineCall(httpMethod, path) ? machines : await whole();
    return handle(
      {
        ...event,
        headers: withoutRequestId(event.headers),
        multiValueHeaders: withoutRequestId(event.multiValueHeaders),
      },
      lambdaContext,
    );
  };
};
