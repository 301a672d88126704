import * as z from 'zod';
import type { OperatorAuthentication } from './operators.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by @fastify/aws-lambda from the event that Lambda was invoked with, never from a header. */
    awsLambda?: { readonly event: unknown };
  }
}

/** The part of the event that API Gateway itself fills in: REST APIs, then HTTP APIs (payload format 2.0). */
const AuthenticatedEvent = z.union([
  z
    .looseObject({ requestContext: z.looseObject({ identity: z.looseObject({ userArn: z.string() }) }) })
    .transform(({ requestContext }) => requestContext.identity.userArn),
  z
    .looseObject({
      requestContext: z.looseObject({
        authorizer: z.looseObject({ iam: z.looseObject({ userArn: z.string() }) }),
      }),
    })
    .transform(({ requestContext }) => requestContext.authorizer.iam.userArn),
]);

/** The IAM principal that API Gateway authenticated; there is none on routes without the IAM authoriser. */
export const iamPrincipal: OperatorAuthentication = ({ awsLambda }) =>
  AuthenticatedEvent.safeParse(awsLambda?.event).data;
