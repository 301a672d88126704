import type { FastifyRequest } from 'fastify';

/** Names the operator who sent a request, or undefined when none proved to be one. */
export type OperatorAuthentication = (request: FastifyRequest) => string | undefined;
