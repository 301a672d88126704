import type { Context } from 'aws-lambda';
import type * as z from 'zod';
import { InvalidRequest } from '../activation/errors.ts';
import { pathRefused, requireLiteralPath } from './literal-path.ts';
import { RestApiEvent } from './rest-api-event.ts';

/**
 * A judged event: what @fastify/aws-lambda makes a request of, under the names by which it reads that, and what API
 * Gateway itself says of the caller. Each field has one form, so that the adapter has nothing to choose between.
 */
export interface GatewayCall {
  readonly httpMethod: string;
  /** With the query, which the adapter would decode and encode by rules of its own. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
  readonly requestContext: { readonly requestId: string; readonly identity: { readonly sourceIp: string } };
  /** The route that API Gateway authorised, such as `/nodes/{id}`. */
  readonly resource: string;
  /** The path as the caller wrote it, with the stage or base path. */
  readonly requestedPath: string;
  readonly domainName: string | undefined;
  readonly userArn: string | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Behind API Gateway only. @fastify/aws-lambda sets it from what it was called with, never from a header. */
    awsLambda?: {
      readonly event: GatewayCall | undefined;
      readonly context: Pick<Context, 'getRemainingTimeInMillis'> | undefined;
    };
  }
}

/** How much the log is told of a refused event; a caller chooses how long the names in it are. */
const MOST_LOGGED = 1_000;

const problemsOf = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');

/** One answer for every event that is no request of a REST API; what is wrong with it is for the log. */
const eventRefused = (problems: string): InvalidRequest =>
  new InvalidRequest(
    [
      {
        field: 'event',
        message:
          'is not a whole request of a REST API of API Gateway with Lambda proxy integration, which is all that this ' +
          'function answers; HTTP APIs, function URLs and load balancers are not supported',
      },
    ],
    { cause: new Error(problems.slice(0, MOST_LOGGED)) },
  );

/** @throws InvalidRequest, RouteUnknown */
export const readGatewayCall = (given: unknown): GatewayCall => {
  const parsed = RestApiEvent.safeParse(given);
  if (!parsed.success) throw eventRefused(problemsOf(parsed.error));
  const { requestContext, httpMethod, resource, isBase64Encoded, ...event } = parsed.data;
  const body = event.body ?? '';
  requireLiteralPath(event.path);
  const path = authorisedPath(resource, event.path, event.pathParameters ?? {});
  const query = together(event.queryStringParameters, event.multiValueQueryStringParameters);
  const headers = together(event.headers, event.multiValueHeaders, (name) => name.toLowerCase());
  for (const name of NOT_OF_THE_CALLER) headers.delete(name);
  if (body === '') headers.set('content-length', ['0']);
  return {
    httpMethod,
    path: query.size === 0 ? path : `${path}?${queryString(query)}`,
    headers: Object.fromEntries([...headers].map(([name, [value = '']]) => [name, value])),
    multiValueHeaders: Object.fromEntries([...headers].filter(([, values]) => values.length > 1)),
    body,
    isBase64Encoded,
    requestContext: {
      requestId: requestContext.requestId,
      identity: { sourceIp: requestContext.identity.sourceIp },
    },
    resource,
    requestedPath: requestContext.path,
    domainName: requestContext.domainName,
    userArn: requestContext.identity.userArn ?? undefined,
  };
};

/** API Gateway names the request, and has received the body whole: what a caller says of these is about another hop. */
const NOT_OF_THE_CALLER = ['x-request-id', 'content-length', 'transfer-encoding'];

/**
 * API Gateway sends each header and query parameter in two forms, and the one with all values is the whole: the other may
 * add nothing to it. A form that is alone counts.
 * @throws InvalidRequest when the forms are not of the same request
 */
const together = (
  single: Readonly<Record<string, string>> | null | undefined,
  many: Readonly<Record<string, readonly string[]>> | null | undefined,
  nameOf = (name: string) => name,
): Map<string, readonly string[]> => {
  const all = new Map<string, readonly string[]>();
  for (const [given, values] of Object.entries(many ?? {})) {
    const name = nameOf(given);
    const before = all.get(name);
    all.set(name, before ? [...before, ...values] : values);
  }
  for (const [given, value] of Object.entries(single ?? {})) {
    const name = nameOf(given);
    if (!many) all.set(name, [...(all.get(name) ?? []), value]);
    else if (!all.get(name)?.includes(value)) {
      throw eventRefused(`${given}: has a value that is not among all its values`);
    }
  }
  return all;
};

const queryString = (query: ReadonlyMap<string, readonly string[]>): string =>
  new URLSearchParams(
    [...query].flatMap(([name, values]) => values.map((value): [string, string] => [name, value])),
  ).toString();

const PARAMETER = /^\{(\w+)\}$/;

/**
 * The path that is routed: the segments that stand for the authorised route, to the letter, without the base path of a
 * domain before them. @throws InvalidRequest when the path is not one of that route
 */
const authorisedPath = (
  resource: string,
  path: string,
  parameters: Readonly<Record<string, string>>,
): string => {
  const route = resource.split('/').slice(1);
  const segments = path.split('/').slice(1).slice(-route.length);
  const isOfRoute = route.every((part, index) => {
    const segment = segments[index];
    const parameter = PARAMETER.exec(part)?.[1];
    if (parameter === undefined || segment === undefined) return segment === part;
    return Object.hasOwn(parameters, parameter) && isSameText(parameters[parameter], segment);
  });
  if (!isOfRoute) throw pathRefused();
  return `/${segments.join('/')}`;
};

/** AWS does not say whether a path parameter comes decoded: it may be either. */
const isSameText = (parameter: string | undefined, segment: string): boolean =>
  parameter === segment || parameter === decodeURIComponent(segment);
