import { inspect } from 'node:util';
import { ActivationError } from '../../../src/activation/errors.ts';
import { type Check, completeTrail, createCheckTrail } from '../../../src/identity/check-trail.ts';
import type { Claims } from '../../../src/identity/oidc/claims.ts';
import type { Fetch } from '../../../src/identity/oidc/issuer-keys.ts';
import { createOidcProof } from '../../../src/identity/oidc/oidc-proof.ts';
import type { IdentityProof, Proven } from '../../../src/identity/proof.ts';
import { OidcProviderPolicy } from '../../../src/policy/policy.ts';
import { unhurried } from '../../service.ts';

export const NOW = new Date('2026-11-21T10:00:00Z');
export const NOW_SECONDS = NOW.getTime() / 1000;
export const AUDIENCE = 'https://activation.example.com';

/** A provider that asks for next to nothing. */
export const provider = (
  issuer: string,
  more: Partial<typeof OidcProviderPolicy._input> = {},
): OidcProviderPolicy =>
  OidcProviderPolicy.parse({
    name: 'lab',
    issuer,
    audience: AUDIENCE,
    nameClaim: 'machine',
    requiredClaims: { site: ['berlin'] },
    ...more,
  });

/** Claims that such a provider takes. */
export const claimsOf = (issuer: string, more: Claims = {}): Claims => ({
  iss: issuer,
  aud: AUDIENCE,
  sub: 'a-subject',
  iat: NOW_SECONDS,
  exp: NOW_SECONDS + 600,
  site: 'berlin',
  machine: 'web-1',
  ...more,
});

export const proofWith = (
  providers: readonly OidcProviderPolicy[],
  more: { clock?: () => Date; fetch?: Fetch; fetchTimeoutMs?: number; ec2NamesReserved?: boolean } = {},
): IdentityProof =>
  createOidcProof({
    providers,
    lifetimeMs: ({ activationLifetimeMinutes = 60 }) => activationLifetimeMinutes * 60_000,
    ec2NamesReserved: true,
    clock: () => NOW,
    ...more,
  });

export interface Examination {
  readonly proven?: Proven;
  readonly error?: ActivationError;
  readonly checks: readonly Check[];
  /** The check that failed, with what the operator is told. */
  readonly failed?: Check | undefined;
}

export const examine = async (proof: IdentityProof, token: string, at = NOW): Promise<Examination> => {
  const trail = createCheckTrail();
  const outcome = await proof
    .examine({ sourceIp: '192.0.2.1', authorization: `Bearer ${token}` }, at, trail, unhurried())
    .then((proven) => ({ proven }))
    .catch((error: unknown) => {
      if (!(error instanceof ActivationError)) throw error;
      return { error };
    });
  const checks = completeTrail(trail, proof.checks);
  const examination = { ...outcome, checks, failed: checks.find(({ result }) => result === 'failed') };
  requireNoSecret(examination, token);
  return examination;
};

/** P3, for every examination that a test makes: neither the claims as they were sent nor the signature comes out. */
const requireNoSecret = (examination: Examination, token: string): void => {
  const said = inspect(examination, { depth: 20, maxStringLength: null });
  const leaked = token.split('.').filter((part) => part.length > 40 && said.includes(part));
  if (leaked.length > 0) throw new Error('a part of the token is in the outcome');
};
