import * as z from 'zod';

/**
 * The closed catalogue of what can go wrong, one class a code. `detail` is for the caller: it names what failed and what
 * to do, and holds no secret. `cause` stays inside.
 */
export const ErrorCode = z.enum([
  'InvalidRequest',
  'InvalidIdentity',
  'OperatorRequired',
  'IdentityExpired',
  'IdentityNotYetValid',
  'AccountNotAllowed',
  'RegionNotAllowed',
  'AddressNotAllowed',
  'OriginNotAllowed',
  'ClaimNotAllowed',
  'TokenRevoked',
  'TokenExhausted',
  'NameNotAllowed',
  'TagNotAllowed',
  'TagRequired',
  'NameHeldByOtherProof',
  'NameUnknown',
  'TokenUnknown',
  'RouteUnknown',
  'MethodNotAllowed',
  'AlreadyRegistered',
  'TooManyTags',
  'TagsRefused',
  'BodyTooLarge',
  'UnsupportedMediaType',
  'HostUnknown',
  'ActivationInProgress',
  'IssuerUnavailable',
  'SystemsManagerUnavailable',
  'SystemsManagerRefused',
  'NodeRoleUnusable',
  'LedgerUnavailable',
  'LedgerRefused',
  'ServiceUnavailable',
  'InternalError',
]);
export type ErrorCode = z.infer<typeof ErrorCode>;

export interface Problem {
  /** Where in the request, as `name` or `tags`. */
  readonly field: string;
  readonly message: string;
}

export abstract class ActivationError extends Error {
  abstract readonly code: ErrorCode;
  readonly detail: string;

  constructor(detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = new.target.name;
    this.detail = detail;
  }
}

/** Trying again later may help, not before this many seconds have passed. */
abstract class TemporaryError extends ActivationError {
  readonly retryAfterSeconds: number;

  constructor(detail: string, retryAfterSeconds: number, options?: ErrorOptions) {
    super(detail, options);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export type { TemporaryError };

export const isTemporary = (error: unknown): error is TemporaryError => error instanceof TemporaryError;

export class InvalidRequest extends ActivationError {
  readonly code = 'InvalidRequest';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    super(
      problems.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join('; '),
      options,
    );
    this.problems = problems;
  }
}

export class InvalidIdentity extends ActivationError {
  readonly code = 'InvalidIdentity';

  constructor(options?: ErrorOptions) {
    super('The request carries no proof of identity that this service accepts.', options);
  }
}

export class OperatorRequired extends ActivationError {
  readonly code = 'OperatorRequired';
}

export class IdentityExpired extends ActivationError {
  readonly code = 'IdentityExpired';
}

export class IdentityNotYetValid extends ActivationError {
  readonly code = 'IdentityNotYetValid';
}

export class AccountNotAllowed extends ActivationError {
  readonly code = 'AccountNotAllowed';
}

export class RegionNotAllowed extends ActivationError {
  readonly code = 'RegionNotAllowed';
}

export class AddressNotAllowed extends ActivationError {
  readonly code = 'AddressNotAllowed';
}

export class OriginNotAllowed extends ActivationError {
  readonly code = 'OriginNotAllowed';
}

export class ClaimNotAllowed extends ActivationError {
  readonly code = 'ClaimNotAllowed';
}

export class TokenRevoked extends ActivationError {
  readonly code = 'TokenRevoked';
}

export class TokenExhausted extends ActivationError {
  readonly code = 'TokenExhausted';
}

export class NameNotAllowed extends ActivationError {
  readonly code = 'NameNotAllowed';
}

export class TagNotAllowed extends ActivationError {
  readonly code = 'TagNotAllowed';
}

export class TagRequired extends ActivationError {
  readonly code = 'TagRequired';
}

export class NameHeldByOtherProof extends ActivationError {
  readonly code = 'NameHeldByOtherProof';
}

export class NameUnknown extends ActivationError {
  readonly code = 'NameUnknown';
}

export class TokenUnknown extends ActivationError {
  readonly code = 'TokenUnknown';
}

export class RouteUnknown extends ActivationError {
  readonly code = 'RouteUnknown';
}

export class MethodNotAllowed extends ActivationError {
  readonly code = 'MethodNotAllowed';
}

export class AlreadyRegistered extends ActivationError {
  readonly code = 'AlreadyRegistered';
}

export class TooManyTags extends ActivationError {
  readonly code = 'TooManyTags';
}

export class TagsRefused extends ActivationError {
  readonly code = 'TagsRefused';
}

export class BodyTooLarge extends ActivationError {
  readonly code = 'BodyTooLarge';
}

export class UnsupportedMediaType extends ActivationError {
  readonly code = 'UnsupportedMediaType';
}

export class HostUnknown extends ActivationError {
  readonly code = 'HostUnknown';
}

export class ActivationInProgress extends TemporaryError {
  readonly code = 'ActivationInProgress';
}

export class IssuerUnavailable extends TemporaryError {
  readonly code = 'IssuerUnavailable';
}

/** A call to Systems Manager came to nothing. */
export abstract class SystemsManagerFailure extends TemporaryError {
  /** A try that went unanswered may have taken effect. */
  readonly mayHaveActed: boolean;

  constructor(detail: string, retryAfterSeconds: number, mayHaveActed: boolean, options?: ErrorOptions) {
    super(detail, retryAfterSeconds, options);
    this.mayHaveActed = mayHaveActed;
  }
}

export class SystemsManagerUnavailable extends SystemsManagerFailure {
  readonly code = 'SystemsManagerUnavailable';
}

/** Systems Manager's considered refusal, whose reason an operator has to remove. */
export class SystemsManagerRefused extends SystemsManagerFailure {
  readonly code = 'SystemsManagerRefused';
}

/** Systems Manager cannot use the role that it is to give to nodes. */
export class NodeRoleUnusable extends SystemsManagerFailure {
  readonly code = 'NodeRoleUnusable';
}

export class LedgerUnavailable extends TemporaryError {
  readonly code = 'LedgerUnavailable';
}

/** The ledger's considered refusal, whose reason an operator has to remove. */
export class LedgerRefused extends TemporaryError {
  readonly code = 'LedgerRefused';
}

/** This process cannot serve the caller now: it has too many callers, it stops, or a request took too long. */
export class ServiceUnavailable extends TemporaryError {
  readonly code = 'ServiceUnavailable';
}

export class InternalError extends ActivationError {
  readonly code = 'InternalError';

  constructor(options?: ErrorOptions) {
    super('An unexpected error occurred; the request id finds it in the log.', options);
  }
}
