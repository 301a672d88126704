import type { FastifyRequest } from 'fastify';
import { InvalidRequest } from '../activation/errors.ts';

/** Several times what the greatest request of use has: 50 tags as a list of pairs are 150. */
const MOST_MEMBERS = 1_000;

/**
 * Refuses what has too many members, at whatever depth, before it is validated: a schema looks at each of them and
 * makes a problem of each, which costs this service a hundred times what it cost a stranger to send.
 * @throws InvalidRequest
 */
export const requireFewMembers = async ({ body, query }: FastifyRequest): Promise<void> => {
  const problems = Object.entries({ body, querystring: query })
    .filter(([, input]) => hasTooMany(input))
    .map(([field]) => ({ field, message: `has more than ${MOST_MEMBERS} members` }));
  if (problems.length > 0) throw new InvalidRequest(problems);
};

const hasTooMany = (input: unknown): boolean => {
  const waiting = [input];
  let members = 0;
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    const inner: readonly unknown[] = Array.isArray(next) ? next : Object.values(next);
    members += inner.length;
    if (members > MOST_MEMBERS) return true;
    waiting.push(...inner);
  }
  return false;
};
