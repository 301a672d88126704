import awsLambdaFastify, { type LambdaResponse } from '@fastify/aws-lambda';
import type { Context } from 'aws-lambda';
import { type FastifyInstance, LogController } from 'fastify';
import * as z from 'zod';
import type { AppContext } from './app-context.ts';
import { createJsonLog } from './json-log.ts';
import { buildMachineApp, isMachineCall } from './machine-app.ts';

/** What of an event is looked at here; the rest is @fastify/aws-lambda's to read. */
const Event = z.object({
  headers: z.unknown().optional(),
  multiValueHeaders: z.unknown().optional(),
  httpMethod: z.string().optional(),
  path: z.string().optional(),
});

/** API Gateway has an id for the request, which @fastify/aws-lambda would let a caller's own header replace. */
const withoutRequestId = (headers: unknown): unknown =>
  typeof headers === 'object' && headers !== null
    ? Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'x-request-id'))
    : headers;

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
  const handlerOf = (app: FastifyInstance, { decorateRequest }: { decorateRequest: boolean }) =>
    awsLambdaFastify(app, { parseCommaSeparatedQueryParams: false, payloadAsStream: false, decorateRequest });
  // Who an operator is stands in the event only; a machine's proof is in the request.
  const machines = handlerOf(buildMachineApp(context, options), { decorateRequest: false });
  const load = async () => {
    const [{ buildApp }, { iamPrincipal }] = await Promise.all([
      import('./app.ts'),
      import('./iam-principal.ts'),
    ]);
    return handlerOf(buildApp({ ...context, operators: iamPrincipal }, options), { decorateRequest: true });
  };
  let loaded: ReturnType<typeof load> | undefined;
  const whole = () => {
    loaded ??= load();
    return loaded;
  };
  return async (given, lambdaContext) => {
    const { httpMethod = '', path = '', ...event } = Event.parse(given);
    const handle = isMachineCall(httpMethod, path) ? machines : await whole();
    const headers = withoutRequestId(event.headers);
    const multiValueHeaders = withoutRequestId(event.multiValueHeaders);
    return handle(Object.assign({}, given, { headers, multiValueHeaders }), lambdaContext);
  };
};
