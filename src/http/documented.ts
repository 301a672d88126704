import type { ErrorCode } from '../activation/errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For the documentation: the codes that a route refuses with beside those that any route of its kind may. */
    readonly refusals?: readonly ErrorCode[];
  }
}

/** Who a route is for, as OpenAPI's security requirements: any one of them is enough. */
export const FOR_OPERATORS = [{ operatorKey: [] }, { iam: [] }];
export const FOR_MACHINES = [{ instanceIdentity: [] }, { bearer: [] }, {}];
export const FOR_ALL: Record<string, string[]>[] = [];

/** What examining a proof, and policy, can refuse a machine with. */
export const PROOF_REFUSALS = [
  'InvalidIdentity',
  'IdentityExpired',
  'IdentityNotYetValid',
  'AccountNotAllowed',
  'RegionNotAllowed',
  'AddressNotAllowed',
  'OriginNotAllowed',
  'ClaimNotAllowed',
  'TokenRevoked',
  'NameNotAllowed',
  'TagNotAllowed',
  'NameHeldByOtherProof',
  'IssuerUnavailable',
  'SystemsManagerUnavailable',
  'SystemsManagerRefused',
  'LedgerUnavailable',
] as const satisfies readonly ErrorCode[];
