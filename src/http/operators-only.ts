import type { FastifyInstance } from 'fastify';
import { HostUnknown, OperatorRequired, OriginNotAllowed } from '../activation/errors.ts';
import type { AppContext } from './app-context.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The operator who sent the request, on operators' routes. */
    operator: string;
  }
}

/** The refusals of those who are no operators; what an operator is refused is no matter of the audit trail. */
const isOfAStranger = (error: unknown): error is OperatorRequired | OriginNotAllowed | HostUnknown =>
  error instanceof OperatorRequired || error instanceof OriginNotAllowed || error instanceof HostUnknown;

/** Lets only operators at the routes of a scope, and names them on each request. */
export const operatorsOnly = (
  scope: FastifyInstance,
  { operators, refusals, newId, clock }: AppContext,
): void => {
  scope.decorateRequest('operator', '');
  scope.addHook('onRequest', async (request) => {
    const operator = operators(request);
    if (operator === undefined)
      throw new OperatorRequired(
        'Sign the request with IAM on AWS, or send the operator key of a local server as a bearer token.',
      );
    request.operator = operator;
  });
  scope.addHook('onError', async (request, _reply, error) => {
    if (!isOfAStranger(error)) return;
    const { code, detail } = error;
    const actor = { kind: 'unproven', sourceIp: request.ip } as const;
    const event = { kind: 'RequestRefused', actor, code, detail, requestId: request.id } as const;
    refusals.note({ ...event, id: newId(), at: clock() });
  });
};
