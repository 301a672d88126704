import type { FastifyRequest } from 'fastify';
import { OperatorRequired } from '../activation/errors.ts';

/** Names the operator who sent a request, or undefined when none proved to be one. */
export type OperatorAuthentication = (request: FastifyRequest) => string | undefined;

export const requireOperator = (authentication: OperatorAuthentication, request: FastifyRequest): string => {
  const operator = authentication(request);
  if (operator === undefined) {
    throw new OperatorRequired(
      'Sign the request with IAM on AWS, or send the operator key of a local server as a bearer token.',
    );
  }
  return operator;
};
