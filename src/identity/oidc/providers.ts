import { InvalidIdentity } from '../../activation/errors.ts';
import type { OidcProviderPolicy } from '../../policy/policy.ts';
import type { CheckTrail } from '../check-trail.ts';
import { type Claims, unmetClaims } from './claims.ts';
import { shown } from './token.ts';

const isFor = ({ aud }: Claims, { audience }: OidcProviderPolicy): boolean => [aud].flat().includes(audience);

/**
 * The provider that is to judge a token: of those with its issuer, the first in policy's order that would take its
 * audience and its claims. If none would, the one that comes closest gives the reason. The claims are not verified yet:
 * all that a forged one chooses is which provider refuses it.
 * @throws InvalidIdentity
 */
export const chooseProvider = (
  providers: readonly OidcProviderPolicy[],
  claims: Claims,
  trail: CheckTrail,
): OidcProviderPolicy => {
  const ofIssuer = providers.filter(({ issuer }) => issuer === claims['iss']);
  const forUs = ofIssuer.filter((provider) => isFor(claims, provider));
  const provider =
    forUs.find((candidate) => unmetClaims(claims, candidate).length === 0) ?? forUs[0] ?? ofIssuer[0];
  if (!provider) {
    const detail = `Policy names no provider whose issuer is ${shown(claims['iss'])}.`;
    throw trail.fail('Issuer', new InvalidIdentity(), detail);
  }
  trail.pass('Issuer', `${provider.issuer}, which is provider ${provider.name}.`);
  return provider;
};

/**
 * A genuine token that was made for another service proves nothing to this one.
 * @throws InvalidIdentity
 */
export const requireAudience = (claims: Claims, provider: OidcProviderPolicy, trail: CheckTrail): void => {
  if (!isFor(claims, provider)) {
    const detail = `The token is for ${shown(claims['aud'])}, not for ${provider.audience}.`;
    throw trail.fail('Audience', new InvalidIdentity(), detail);
  }
  trail.pass('Audience', provider.audience);
};
