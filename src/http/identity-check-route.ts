import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { ErrorCode } from '../activation/errors.ts';
import { InstanceName } from '../activation/instance-name.ts';
import { TagsBody } from '../activation/tags.ts';
import { dryRun } from '../identity/dry-run.ts';
import type { AppContext } from './app-context.ts';
import { FOR_OPERATORS } from './documented.ts';
import { operatorsOnly } from './operators-only.ts';

const IdentityCheck = z.strictObject({
  instanceIdentity: z.string().optional(),
  bearer: z.string().optional().meta({ description: 'A join token or a JWT, without the word Bearer.' }),
  sourceIp: z
    .union([z.ipv4(), z.ipv6()])
    .optional()
    .meta({ description: "The address to suppose; the operator's own otherwise." }),
  name: InstanceName.optional(),
  tags: TagsBody.optional(),
  at: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .optional()
    .meta({ description: 'The time to suppose, for looking into an old refusal; now otherwise.' }),
});

const IdentityCheckAnswer = z
  .object({
    Accepted: z.boolean(),
    Code: ErrorCode.optional(),
    Subject: z
      .string()
      .optional()
      .meta({ description: 'Who the proof says is calling; absent when it is not genuine.' }),
    Checks: z.array(
      z.object({
        Check: z.string(),
        Result: z.enum(['passed', 'failed', 'not reached']),
        Detail: z.string(),
      }),
    ),
  })
  .meta({
    id: 'IdentityCheck',
    examples: [
      {
        Accepted: false,
        Code: 'NameNotAllowed',
        Subject: '127.0.0.1',
        Checks: [
          { Check: 'Name', Result: 'failed', Detail: 'Policy does not let this caller have the name x.' },
        ],
      },
    ],
  });

/** The dry run, for operators: would this proof, name and tags be accepted, and if not, which check fails. */
export const identityCheckRoute = async (scope: FastifyInstance, context: AppContext): Promise<void> => {
  const { portsFor, proofs, clock } = context;
  operatorsOnly(scope, context);
  scope.withTypeProvider<ZodTypeProvider>().post(
    '/identity/check',
    {
      schema: {
        operationId: 'checkIdentity',
        summary: 'Dry run: would this proof, name and tags be accepted, and which check fails',
        tags: ['Proofs'],
        security: FOR_OPERATORS,
        body: IdentityCheck,
        response: { 200: IdentityCheckAnswer },
      },
      config: {
        refusals: [
          'IssuerUnavailable',
          'SystemsManagerUnavailable',
          'SystemsManagerRefused',
          'LedgerUnavailable',
        ],
      },
    },
    async ({ body, ip, task }) => {
      const { instanceIdentity, bearer, sourceIp = ip, name, tags } = body;
      const evidence = { sourceIp, instanceIdentity, authorization: bearer && `Bearer ${bearer}` };
      const at = body.at ?? clock();
      const ports = portsFor(task);
      const { refusal, principal, checks } = await dryRun(ports, proofs, evidence, { name, tags }, at, task);
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
