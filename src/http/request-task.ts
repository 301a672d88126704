import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../activation/clock.ts';
import { deadlineIn, type Task } from '../activation/deadline.ts';
import type { Callers } from './callers.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What everything that is done for the request belongs to. */
    task: Task;
  }
  interface FastifyContextConfig {
    /** Answered however many callers are in progress: it needs neither the ledger nor AWS, or shares one look at them. */
    readonly always?: boolean;
  }
}

export interface TaskContext {
  readonly clock: Clock;
  /** Absent behind API Gateway, which sends a function one request at a time. */
  readonly callers?: Callers | undefined;
}

/**
 * The one deadline of a request. Systems Manager is retried for 20 s of it (the contract, section 3); what it answered
 * last is written in the rest.
 */
const REQUEST_MS = 22_000;
/** Left of a function's own time limit for the answer, and for what is written beside it. */
const FUNCTION_MARGIN_MS = 4_000;

/** Gives every request its task, before anything is done for it. */
export const giveTasks = (app: FastifyInstance, { clock, callers }: TaskContext): void => {
  app.decorateRequest('task');
  app.addHook('onRequest', async (request, reply) => {
    const cut = request.routeOptions.config.always ? undefined : callers?.admit(reply.raw);
    request.task = { deadline: deadlineIn(timeFor(request), { clock, cut }), requestId: request.id };
  });
};

const timeFor = ({ awsLambda }: FastifyRequest): number => {
  const left = awsLambda?.context?.getRemainingTimeInMillis();
  return left === undefined ? REQUEST_MS : Math.min(REQUEST_MS, left - FUNCTION_MARGIN_MS);
};
