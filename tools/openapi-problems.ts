import { STATUS_CODES } from 'node:http';
import type { RouteOptions } from 'fastify';
import * as z from 'zod';
import type { ErrorCode } from '../src/activation/errors.ts';
import { CATALOGUE, PROBLEM_TYPE } from '../src/http/problem.ts';

type Paths = Record<string, Record<string, unknown>>;

const Operation = z.looseObject({ responses: z.record(z.string(), z.looseObject({})) });

/** Adds to each operation the problems that it answers with: one response a status, which names its codes. */
export const withProblems = (paths: Paths, routes: readonly RouteOptions[]): Paths => {
  const documented = structuredClone(paths);
  for (const route of routes) {
    const path = route.url.replace(/:(\w+)/g, '{$1}');
    const method = String(route.method).toLowerCase();
    const operation = Operation.parse(documented[path]?.[method]);
    const responses = { ...described(operation.responses), ...problemResponses(refusalsOf(route)) };
    documented[path] = { ...documented[path], [method]: { ...operation, responses } };
  }
  return documented;
};

const described = (responses: z.infer<typeof Operation>['responses']) =>
  Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      { ...response, description: STATUS_CODES[status] },
    ]),
  );

/** What the route says of itself, and what follows from what it takes. */
const refusalsOf = ({ schema = {}, config }: RouteOptions): readonly ErrorCode[] => {
  const { body, security = [] } = schema;
  const codes: ErrorCode[] = [...(config?.refusals ?? [])];
  // What a ledger does not answer it may also refuse.
  if (codes.includes('LedgerUnavailable')) codes.push('LedgerRefused');
  if (!config?.always) codes.push('ServiceUnavailable');
  if (body) codes.push('BodyTooLarge', 'UnsupportedMediaType');
  if (security.some((scheme) => 'operatorKey' in scheme)) codes.push('OperatorRequired', 'OriginNotAllowed');
  // Any request may be one that cannot be read, or name a host that is not the server's.
  return [...new Set<ErrorCode>([...codes, 'InvalidRequest', 'HostUnknown', 'InternalError'])];
};

const problemResponses = (codes: readonly ErrorCode[]): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(Object.groupBy(codes, (code) => CATALOGUE[code].status)).map(([status, given = []]) => [
      status,
      {
        description: given.join(', '),
        ...(['429', '503'].includes(status) && {
          headers: {
            'Retry-After': { description: 'Seconds to wait, with jitter.', schema: { type: 'integer' } },
          },
        }),
        content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
