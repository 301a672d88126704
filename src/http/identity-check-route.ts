import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { ErrorCode } from '../activation/errors.ts';
import { InstanceName } from '../activation/instance-name.ts';
import { TagsBody } from '../activation/tags.ts';
import { dryRun } from '../identity/dry-run.ts';
import type { AppContext } from './app-context.ts';
import { operatorsOnly } from './operators.ts';

const IdentityCheck = z.strictObject({
  instanceIdentity: z.string().optional(),
  /** A join token or a JWT, without the word Bearer. */
  bearer: z.string().optional(),
  /** The address to suppose; the operator's own otherwise. */
  sourceIp: z.union([z.ipv4(), z.ipv6()]).optional(),
  name: InstanceName.optional(),
  tags: TagsBody.optional(),
  /** The time to suppose, for looking into an old refusal; now otherwise. */
  at: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .optional(),
});

const IdentityCheckAnswer = z
  .object({
    Accepted: z.boolean(),
    Code: ErrorCode.optional(),
    /** Who the proof says is calling; absent when it is not genuine. */
    Subject: z.string().optional(),
    Checks: z.array(
      z.object({
        Check: z.string(),
        Result: z.enum(['passed', 'failed', 'not reached']),
        Detail: z.string(),
      }),
    ),
  })
  .meta({ id: 'IdentityCheck' });

const DEADLINE_MS = 20_000;

/** The dry run, for operators: would this proof, name and tags be accepted, and if not, which check fails. */
export const identityCheckRoute = async (scope: FastifyInstance, context: AppContext): Promise<void> => {
  const { ports, proofs, operators } = context;
  operatorsOnly(scope, operators);
  scope
    .withTypeProvider<ZodTypeProvider>()
    .post(
      '/identity/check',
      { schema: { body: IdentityCheck, response: { 200: IdentityCheckAnswer } } },
      async ({ body, ip }) => {
        const { instanceIdentity, bearer, sourceIp = ip, name, tags } = body;
        const evidence = { sourceIp, instanceIdentity, authorization: bearer && `Bearer ${bearer}` };
        const at = body.at ?? ports.clock();
        const deadline = new Date(ports.clock().getTime() + DEADLINE_MS);
        const { refusal, principal, checks } = await dryRun(
          ports,
          proofs,
          evidence,
          { name, tags },
          at,
          deadline,
        );
        return {
          Accepted: refusal === undefined,
          Code: refusal?.code,
          Subject: principal?.subject,
          Checks: checks.map(({ check, result, detail }) => ({
            Check: check,
            Result: result,
            Detail: detail,
          })),
        };
      },
    );
};
