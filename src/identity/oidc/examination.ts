import type { Clock } from '../../activation/clock.ts';
import { startOf } from '../../activation/start-of.ts';
import type { OidcProviderPolicy } from '../../policy/policy.ts';
import { fixedTags } from '../../policy/tag-rules.ts';
import type { IdentityProof } from '../proof.ts';
import { bearerJwt } from './bearer-jwt.ts';
import { type Claims, nameFrom, requireClaims, tagsFrom, valuesOf } from './claims.ts';
import { createIssuerKeys, type Fetch, type IssuerKeys } from './issuer-keys.ts';
import { chooseProvider, requireAudience } from './providers.ts';
import { requireSignature } from './signature.ts';
import { readToken } from './token.ts';
import { requireValidity } from './validity.ts';

const FETCH_TIMEOUT_MS = 5000;

export interface OidcProofOptions {
  readonly providers: readonly OidcProviderPolicy[];
  readonly lifetimeMs: (provider: OidcProviderPolicy) => number;
  readonly ec2NamesReserved: boolean;
  readonly clock: Clock;
  readonly fetch?: Fetch;
  readonly fetchTimeoutMs?: number;
}

/** What an issuer says of a machine, and policy believes. */
export const createExamination = (options: OidcProofOptions): IdentityProof['examine'] => {
  const { providers, lifetimeMs, ec2NamesReserved } = options;
  const keysOf = createKeysOf(options);
  return async ({ authorization }, at, trail) => {
    const token = readToken(bearerJwt(authorization) ?? '', trail);
    const { claims } = token;
    const provider = chooseProvider(providers, claims, trail);
    await requireSignature(token, keysOf(provider), trail);

    requireAudience(claims, provider, trail);
    trail.identify({ proof: 'oidc', subject: subjectOf(claims, provider), mayRejoin: false });
    const madeAt = requireValidity(claims, provider, at, trail);
    requireClaims(claims, provider, trail);
    const proven = nameFrom(claims, provider, trail);
    const claimedTags = tagsFrom(claims, provider, trail);
    return {
      principal: { proof: 'oidc', subject: `${provider.name}/${proven}`, madeAt, mayRejoin: false },
      names: { proven, patterns: provider.names, ec2NamesReserved },
      tags: { ...provider.tags, fixed: fixedTags(claimedTags, provider.tags.fixed) },
      lifetimeMs: lifetimeMs(provider),
    };
  };
};

/** In characters, as names are bounded: an event keeps it. */
const LONGEST_SUBJECT = 256;

/** Whom a refusal names: the token is genuine, but may claim no name, or one that is none. */
const subjectOf = (claims: Claims, { name, nameClaim }: OidcProviderPolicy): string =>
  `${name}/${startOf(valuesOf(claims, nameClaim)[0] ?? '', LONGEST_SUBJECT)}`;

/** Providers that get their keys from one place share them. */
const createKeysOf = ({
  clock,
  fetch = globalThis.fetch,
  fetchTimeoutMs: timeoutMs = FETCH_TIMEOUT_MS,
}: OidcProofOptions): ((provider: OidcProviderPolicy) => IssuerKeys) => {
  const known = new Map<string, IssuerKeys>();
  return ({ issuer, jwksUri }) => {
    const source = `${issuer} ${jwksUri ?? ''}`;
    const keys = known.get(source) ?? createIssuerKeys({ issuer, jwksUri, fetch, clock, timeoutMs });
    known.set(source, keys);
    return keys;
  };
};
