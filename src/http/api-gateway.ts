import awsLambdaFastify, { type LambdaResponse } from '@fastify/aws-lambda';
import type { Context } from 'aws-lambda';
import { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import * as z from 'zod';
import { ServiceUnavailable } from '../activation/errors.ts';
import { tryWithin } from '../aws/try-within.ts';
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

/** A ledger that is silent must not hold up an answer that does not need it. */
const REFUSALS_MS = 500;

/**
 * The service behind API Gateway: operators are IAM principals, callers' addresses are those that it saw. Machines that
 * boot meet functions that start: the whole service is loaded by the first call that is none of theirs.
 */
export const createApiGatewayHandler = (
  context: Omit<AppContext, 'operators'>,
  log: FastifyBaseLogger = createJsonLog(() => {}),
): ApiGatewayHandler => {
  const options = {
    // The id comes from the event's request context by way of this header.
    requestIdHeader: 'x-request-id',
    loggerInstance: log,
    // API Gateway's access log has a line for each request.
    logController: new LogController({ disableRequestLogging: true }),
  };
  const handlerOf = (app: FastifyInstance) =>
    awsLambdaFastify<GatewayCall>(app, {
      parseCommaSeparatedQueryParams: false,
      payloadAsStream: false,
      // A request has no other way to the time that is left of its call, and to who the operator is.
      decorateRequest: true,
      // Only the route is left of the path.
      retainStage: true,
    });
  const machines = handlerOf(buildMachineApp(context, options));
  const load = async () => {
    const [{ buildApp }, { iamPrincipal }] = await Promise.all([
      import('./app.ts'),
      import('./iam-principal.ts'),
    ]);
    const app = buildApp({ ...context, operators: iamPrincipal }, options);
    requireAuthorisedRoute(app);
    return handlerOf(app);
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
      const answer = await inTime(handle(call, lambdaContext), lambdaContext);
      // What is written after the answer is written when the next call thaws this process, or never.
      await context.refusals.written(REFUSALS_MS);
      // The adapter answers an empty 500 when it could not ask the app.
      if (!('x-request-id' in answer.headers)) throw new Error('the app did not answer');
      return answer;
    } catch (thrown) {
      const named = NamedEvent.safeParse(given).data;
      return refuse(thrown, named?.requestContext.requestId ?? lambdaContext.awsRequestId);
    }
  };
};

/** A function that is ended by its own time limit leaves its caller without an answer. */
const ANSWER_MS = 1_500;
const TOO_LONG_RETURN_SECONDS = 5;

/** The request's own deadline comes before; this is for whatever does not keep it. */
const inTime = async <T>(answer: Promise<T>, { getRemainingTimeInMillis }: Context): Promise<T> => {
  try {
    return await tryWithin(getRemainingTimeInMillis() - ANSWER_MS, undefined, () => answer);
  } catch (cause) {
    if (!(cause instanceof DOMException)) throw cause;
    throw new ServiceUnavailable('The request took too long; try again.', TOO_LONG_RETURN_SECONDS, { cause });
  }
};

/** Whatever a router makes of a path, the route that runs is the one that API Gateway authorised. */
const requireAuthorisedRoute = (app: FastifyInstance): void => {
  app.addHook('onRequest', async ({ awsLambda, is404, routeOptions }) => {
    const authorised = awsLambda?.event?.resource.replaceAll(/\{(\w+)\}/g, ':$1');
    if (!is404 && routeOptions.url !== authorised) throw pathRefused();
  });
};
