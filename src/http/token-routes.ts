import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { TokenUnknown } from '../activation/errors.ts';
import type { ActivationEvent } from '../activation/events.ts';
import { JoinTokenTerms } from '../identity/join-token/join-token.ts';
import { newJoinToken } from '../identity/join-token/new-join-token.ts';
import type { AppContext } from './app-context.ts';
import { TokensCursor } from './cursor.ts';
import { FOR_OPERATORS } from './documented.ts';
import { operatorsOnly } from './operators-only.ts';
import {
  NewTokenAnswer,
  TokenAnswer,
  TokenPath,
  TokensAnswer,
  TokensQuery,
  tokenAnswer,
} from './token-schemas.ts';

/** Join tokens, for operators to hand to machines that have no other proof. */
export const tokenRoutes = async (scope: FastifyInstance, context: AppContext): Promise<void> => {
  const { portsFor, tokensFor, policy, clock, newId } = context;
  const app = scope.withTypeProvider<ZodTypeProvider>();
  operatorsOnly(scope, context);
  const forOperators = { tags: ['Join tokens'], security: FOR_OPERATORS };

  const record = (kind: ActivationEvent['kind'], detail: string, { operator, id, task }: FastifyRequest) => {
    const actor = { kind: 'operator', subject: operator } as const;
    return portsFor(task).events.append({ id: newId(), at: clock(), kind, actor, requestId: id, detail });
  };

  app.post(
    '/tokens',
    {
      schema: {
        ...forOperators,
        operationId: 'createToken',
        summary: 'Make a join token; its secret is shown this once',
        body: JoinTokenTerms,
        response: { 201: NewTokenAnswer },
      },
      config: { refusals: ['LedgerUnavailable'] },
    },
    async (request, reply) => {
      const made = newJoinToken(clock(), policy.joinTokens, request.body, request.operator);
      const { id, namePattern, maxNames } = made.token;
      // t1 the token is made, t2 the ledger falls silent: told afterwards, the trail would never know of it (P9).
      await record('TokenCreated', `${id}: ${maxNames} names of ${namePattern}`, request);
      await tokensFor(request.task).create(made.token);
      return reply.code(201).send({ ...tokenAnswer(made.token, clock()), Token: made.secret });
    },
  );

  app.get(
    '/tokens',
    {
      schema: {
        ...forOperators,
        operationId: 'listTokens',
        summary: 'List join tokens',
        querystring: TokensQuery,
        response: { 200: TokensAnswer },
      },
      config: { refusals: ['LedgerUnavailable'] },
    },
    async ({ query: { limit, cursor }, task }) => {
      const page = await tokensFor(task).list({ limit, after: cursor });
      return {
        Tokens: page.tokens.map((token) => tokenAnswer(token, clock())),
        NextCursor: page.next && TokensCursor.encode(page.next),
      };
    },
  );

  app.delete(
    '/tokens/:id',
    {
      schema: {
        ...forOperators,
        operationId: 'revokeToken',
        summary: 'Revoke a join token at once',
        params: TokenPath,
        response: { 200: TokenAnswer },
      },
      config: { refusals: ['TokenUnknown', 'LedgerUnavailable'] },
    },
    async (request) => {
      const { id } = request.params;
      const revoked = await tokensFor(request.task).revoke(id, request.operator, clock());
      if (!revoked) throw new TokenUnknown(`There is no join token ${id}.`);
      await record('TokenRevoked', id, request);
      return tokenAnswer(revoked, clock());
    },
  );
};
