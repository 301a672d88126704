import type { FastifyInstance, FastifyRequest } from 'fastify';
import { OperatorRequired } from '../activation/errors.ts';

/** Names the operator who sent a request, or undefined when none proved to be one. */
export type OperatorAuthentication = (request: FastifyRequest) => string | undefined;

const requireOperator = (authentication: OperatorAuthentication, request: FastifyRequest): string => {
  const operator = authentication(request);
  if (operator === undefined) {
    throw new OperatorRequired(
      'Sign the request with IAM on AWS, or send the operator key of a local server as a bearer token.',
    );
  }
  return operator;
};

declare module 'fastify' {
  interface FastifyRequest {
    /** The operator who sent the request, on operators' routes. */
    operator: string;
  }
}

/** Lets only operators at the routes of a scope, and names them on each request. */
export const operatorsOnly = (scope: FastifyInstance, authentication: OperatorAuthentication): void => {
  scope.decorateRequest('operator', '');
  scope.addHook('onRequest', async (request) => {
    request.operator = requireOperator(authentication, request);
  });
};
