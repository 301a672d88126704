import type { IdentityProof } from '../proof.ts';
import { bearerJwt } from './bearer-jwt.ts';
import type { OidcProofOptions } from './examination.ts';

const CHECKS = [
  'Token',
  'Issuer',
  'Algorithm',
  'Signature',
  'Audience',
  'Time',
  'Claims',
  'NameClaim',
  'TagClaims',
] as const;

/**
 * An OpenID Connect token. What examines it is loaded with the first one: other machines, for which a function may have
 * started, do not wait for that.
 */
export const createOidcProof = (options: OidcProofOptions): IdentityProof => {
  let loaded: Promise<IdentityProof['examine']> | undefined;
  const load = async () => (await import('./examination.ts')).createExamination(options);
  return {
    checks: CHECKS,
    isIn: ({ authorization }) => bearerJwt(authorization) !== undefined,
    examine: async (...given) => {
      loaded ??= load();
      return (await loaded)(...given);
    },
  };
};
