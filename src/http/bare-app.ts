import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import {
  type ActivationError,
  InvalidRequest,
  isTemporary,
  RouteUnknown,
  ServiceUnavailable,
} from '../activation/errors.ts';
import type { AppContext } from './app-context.ts';
import { refuseBrokenHttp } from './broken-http.ts';
import type { Callers } from './callers.ts';
import { guardEdge } from './edge.ts';
import { toActivationError } from './errors.ts';
import { requireFewMembers } from './few-members.ts';
import { requireLiteralPath } from './literal-path.ts';
import { problemOf } from './problem.ts';
import { giveTasks } from './request-task.ts';

const MAX_BODY_BYTES = 64 * 1024;

/** The stage of the deployed API; its paths mean the same with and without it. */
const STAGE = /^\/latest(?=[/?]|$)/;

/** What every route has about it, and no route. */
export const bareApp = (
  context: Pick<AppContext, 'newId' | 'clock' | 'callers' | 'random' | 'edge' | 'publicUrl'>,
  options: FastifyServerOptions,
): FastifyInstance => {
  const label = (request: FastifyRequest, reply: FastifyReply) =>
    reply.headers({ 'cache-control': 'no-store', 'x-request-id': request.id });
  const refuse = (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const error = blamed(toActivationError(thrown), context.callers);
    const { status, headers, body } = problemOf(error, request.id, context.random);
    // Metrics are made of `code`.
    if (status >= 500) request.log.error({ err: error.cause ?? error, code: error.code }, error.code);
    return reply.code(status).headers(headers).send(body);
  };

  const app = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    // A HEAD must never run a route that mints.
    exposeHeadRoutes: false,
    requestIdHeader: false,
    genReqId: () => context.newId(),
    rewriteUrl: ({ url = '/' }) => url.replace(STAGE, '') || '/',
    routerOptions: { maxParamLength: 1024 },
    // A URL that cannot be decoded gets neither to the hooks nor to the error handler.
    frameworkErrors: (error, request, reply) => void refuse(error, request, label(request, reply)),
    clientErrorHandler: refuseBrokenHttp(context),
    // Node's and Fastify's own answers to these have neither a problem nor an id by which to find them.
    http: { requireHostHeader: false },
    return503OnClosing: false,
    ...options,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.removeContentTypeParser('text/plain');

  app.addHook('onRequest', async (request, reply) => {
    label(request, reply);
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1') {
      throw new InvalidRequest([{ field: 'Host', message: 'is missing' }]);
    }
    requireLiteralPath(request.originalUrl.replace(/\?.*$/s, ''));
    // curl -d '' and PowerShell name a type for a body that is not there.
    if (request.headers['content-length'] === '0') delete request.headers['content-type'];
  });
  giveTasks(app, context);
  guardEdge(app, context);
  app.addHook('preValidation', requireFewMembers);
  // An expectation that is not known may be passed over (RFC 9110, 10.1.1); Node would answer it with a bare 417.
  app.server.on('checkExpectation', app.routing);
  app.setErrorHandler(refuse);
  app.setNotFoundHandler(() => {
    throw new RouteUnknown(
      'There is no such route. Paths begin at the root or at /latest; GET /livez shows that the service is here.',
    );
  });
  return app;
};

const STOPPED_RETURN_SECONDS = 2;

/** What AWS could not do in time for a server that stops is none of its fault. */
const blamed = (error: ActivationError, callers: Callers | undefined): ActivationError =>
  callers?.areDismissed && isTemporary(error)
    ? new ServiceUnavailable('This server is stopping; try again.', STOPPED_RETURN_SECONDS, { cause: error })
    : error;
