import awsLambdaFastify, { type LambdaResponse } from '@fastify/aws-lambda';
import type { Context } from 'aws-lambda';
import { type FastifyInstance, LogController } from 'fastify';
import * as z from 'zod';
import type { AppContext } from './app-context.ts';
import { toActivationError } from './errors.ts';
import { type GatewayCall, readGatewayCall } from './gateway-call.ts';
import { createJsonLog } from './json-log.ts';
import { pathRefused } from './literal-path.ts';
import { buildMachineApp, isMachineCall } from './machine-app.ts';
import { problemOf } from './problem.ts';
import { RequestId } from './rest-api-event.ts';

export type ApiGatewayHandler = (event: unknown, context: Context) => Promise<LambdaResponse>;

/** By which a refused event is found in API Gateway's log, where it has such an id. */
const NamedEvent = z.object({ requestContext: z.object({ requestId: RequestId }) });

/**
 * The service behind API Gateway: operators are IAM principals, callers' addresses are those that it saw. Machines that
 * boot meet functions that start: the whole service is loaded by the first call that is none of theirs.
 */
export const createApiGatewayHandler = (
  context: Omit<AppContext, 'operators'>,
  writeLine: (line: string) => void = () => {},
): ApiGatewayHandler => {
  const log = createJsonLog(writeLine);
  const options = {
    // The id comes from the event's request context by way of this header.
    requestIdHeader: 'x-request-id',
    loggerInstance: log,
    // API Gateway's access log has a line for each request.
    logController: new LogController({ disableRequestLogging: true }),
  };
  const handlerOf = (app: FastifyInstance, { decorateRequest }: { decorateRequest: boolean }) =>
    awsLambdaFastify<GatewayCall>(app, {
      parseCommaSeparatedQueryParams: false,
      payloadAsStream: false,
      decorateRequest,
      // Only the route is left of the path.
      retainStage: true,
    });
  // Who an operator is stands in the event only; a machine's proof is in the request.
  const machines = handlerOf(buildMachineApp(context, options), { decorateRequest: false });
  const load = async () => {
    const [{ buildApp }, { iamPrincipal }] = await Promise.all([
      import('./app.ts'),
      import('./iam-principal.ts'),
    ]);
    const app = buildApp({ ...context, operators: iamPrincipal }, options);
    requireAuthorisedRoute(app);
    return handlerOf(app, { decorateRequest: true });
  };
  let loaded: ReturnType<typeof load> | undefined;
  const whole = () => {
    loaded ??= load();
    return loaded;
  };

  const refuse = (thrown: unknown, requestId: string): LambdaResponse => {
    const error = toActivationError(thrown);
    const { status, headers, body } = problemOf(error, requestId, context.random);
    // A path that is refused stands in API Gateway's access log: a line more for each would be a stranger's to have written.
    if (error.cause) log[status >= 500 ? 'error' : 'warn']({ requestId, err: error.cause }, error.code);
    return {
      statusCode: status,
      headers: { ...headers, 'cache-control': 'no-store', 'x-request-id': requestId },
      body: JSON.stringify(body),
      isBase64Encoded: false,
    };
  };
  return async (given, lambdaContext) => {
    try {
      const call = readGatewayCall(given);
      const handle = isMachineCall(call.httpMethod, call.resource) ? machines : await whole();
      const answer = await handle(call, lambdaContext);
      // The adapter answers an empty 500 when it could not ask the app.
      if (!('x-request-id' in answer.headers)) throw new Error('the app did not answer');
      return answer;
    } catch (thrown) {
      const named = NamedEvent.safeParse(given).data;
      return refuse(thrown, named?.requestContext.requestId ?? lambdaContext.awsRequestId);
    }
  };
};

/** Whatever a router makes of a path, the route that runs is the one that API Gateway authorised. */
const requireAuthorisedRoute = (app: FastifyInstance): void => {
  app.addHook('onRequest', async ({ awsLambda, is404, routeOptions }) => {
    const authorised = awsLambda?.event?.resource.replaceAll(/\{(\w+)\}/g, ':$1');
    if (!is404 && routeOptions.url !== authorised) throw pathRefused();
  });
};
