import * as z from 'zod';
import {
  type ActivationError,
  type ErrorCode,
  InvalidRequest,
  isTemporary,
  type Problem as RequestProblem,
} from '../activation/errors.ts';

/** The status and title of each code (RFC 9457; the code itself tells one problem from another). */
export const CATALOGUE: Readonly<Record<ErrorCode, { status: number; title: string }>> = {
  InvalidRequest: { status: 400, title: 'The request is not valid' },
  InvalidIdentity: { status: 401, title: 'No accepted proof of identity' },
  OperatorRequired: { status: 401, title: 'This route is for operators' },
  IdentityExpired: { status: 403, title: 'The proof of identity is too old' },
  IdentityNotYetValid: { status: 403, title: 'The proof of identity is from the future' },
  AccountNotAllowed: { status: 403, title: 'This account is not let in' },
  RegionNotAllowed: { status: 403, title: 'This region is not let in' },
  AddressNotAllowed: { status: 403, title: 'This address is not let in' },
  OriginNotAllowed: { status: 403, title: 'A page of another site is not let in' },
  ClaimNotAllowed: { status: 403, title: 'A claim of the token is not let in' },
  TokenRevoked: { status: 403, title: 'The join token was revoked' },
  TokenExhausted: { status: 403, title: 'The join token has no names left' },
  NameNotAllowed: { status: 403, title: 'This caller may not have this name' },
  TagNotAllowed: { status: 403, title: 'This caller may not set these tags' },
  TagRequired: { status: 403, title: 'Policy requires more tags' },
  NameHeldByOtherProof: { status: 403, title: 'The name belongs to another kind of proof' },
  NameUnknown: { status: 404, title: 'No machine of this name' },
  TokenUnknown: { status: 404, title: 'No such join token' },
  RouteUnknown: { status: 404, title: 'No such route' },
  MethodNotAllowed: { status: 405, title: 'The route does not take this method' },
  AlreadyRegistered: { status: 409, title: 'The name is registered' },
  TooManyTags: { status: 409, title: 'Too many tags' },
  TagsRefused: { status: 409, title: 'Systems Manager refused the tags' },
  BodyTooLarge: { status: 413, title: 'The body is too large' },
  UnsupportedMediaType: { status: 415, title: 'The body is of an unsupported type' },
  HostUnknown: { status: 421, title: 'The host is not one of this server' },
  ActivationInProgress: { status: 429, title: 'The name is being activated' },
  IssuerUnavailable: { status: 503, title: 'The issuer of the token is not available' },
  SystemsManagerUnavailable: { status: 503, title: 'Systems Manager is not available' },
  SystemsManagerRefused: { status: 503, title: 'Systems Manager refuses what the service asks of it' },
  NodeRoleUnusable: { status: 503, title: 'The role of the nodes cannot be used' },
  LedgerUnavailable: { status: 503, title: 'The ledger is not available' },
  LedgerRefused: { status: 503, title: 'The ledger refuses what the service asks of it' },
  ServiceUnavailable: { status: 503, title: 'The service cannot answer now' },
  InternalError: { status: 500, title: 'Internal error' },
};

export const PROBLEM_TYPE = 'application/problem+json';

/** The body of every error answer. */
export const Problem = z
  .lazy(() =>
    z.object({
      type: z.string(),
      title: z.string(),
      status: z.int(),
      detail: z.string(),
      code: z.string(),
      requestId: z.string(),
      errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    }),
  )
  .meta({
    id: 'Problem',
    examples: [
      {
        type: 'urn:ssm-activation-api:problem:NameUnknown',
        title: 'No machine of this name',
        status: 404,
        detail: 'web-9 is neither a name nor the node of one.',
        code: 'NameUnknown',
        requestId: '6f1d3b60-52cb-4a8e-8f0e-0f4a5e5f6a10',
      },
    ],
  });

export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: z.infer<typeof Problem>;
}

const wellFormed = ({ field, message }: RequestProblem) => ({
  field: field.toWellFormed(),
  message: message.toWellFormed(),
});

/** Retries are spread over as long again as their wait, and over so much at most: who waits long was told its own moment. */
const MOST_JITTER_S = 5;

/** `random` (0 up to 1) spreads the retries of machines that were turned away together. */
export const problemOf = (error: ActivationError, requestId: string, random: () => number): ProblemAnswer => {
  const { status, title } = CATALOGUE[error.code];
  const headers: Record<string, string> = { 'content-type': PROBLEM_TYPE };
  if (isTemporary(error)) {
    const seconds = error.retryAfterSeconds;
    headers['retry-after'] = String(Math.ceil(seconds + random() * Math.min(seconds, MOST_JITTER_S)));
  }
  return {
    status,
    headers,
    body: {
      type: `urn:ssm-activation-api:problem:${error.code}`,
      title,
      status,
      // It may quote what was sent.
      detail: error.detail.toWellFormed(),
      code: error.code,
      requestId,
      ...(error instanceof InvalidRequest && { errors: error.problems.map(wellFormed) }),
    },
  };
};
