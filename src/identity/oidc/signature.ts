import { compactVerify } from 'jose';
import { InvalidIdentity, IssuerUnavailable } from '../../activation/errors.ts';
import type { CheckTrail } from '../check-trail.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import { shown, type UnverifiedToken } from './token.ts';

/** Asymmetric ones only: with HS256 the issuer's public key would be the secret, with `none` there is none. */
const ALGORITHMS: readonly string[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/**
 * The key comes from the issuer alone: `jwk`, `jku`, `x5u` and `x5c` in the header count for nothing.
 * @throws InvalidIdentity, IssuerUnavailable
 */
export const requireSignature = async (
  { compact, header }: UnverifiedToken,
  keys: IssuerKeys,
  trail: CheckTrail,
): Promise<void> => {
  const { alg = 'none', kid, crit } = header;
  if (!ALGORITHMS.includes(alg)) {
    throw trail.fail(
      'Algorithm',
      new InvalidIdentity(),
      `${shown(alg)} is none of ${ALGORITHMS.join(', ')}.`,
    );
  }
  if (crit !== undefined) {
    throw trail.fail('Algorithm', new InvalidIdentity(), 'Its header demands extensions (crit).');
  }
  trail.pass('Algorithm', alg);
  try {
    await compactVerify(compact, await keys.keyFor({ ...header, alg }), { algorithms: [alg] });
  } catch (error) {
    if (error instanceof IssuerUnavailable) {
      throw trail.fail('Signature', error, `${error.detail} ${reasonsOf(error.cause)}`);
    }
    const detail = `The issuer's key ${shown(kid)} does not verify it: ${reasonsOf(error)}`;
    throw trail.fail('Signature', new InvalidIdentity({ cause: error }), detail);
  }
  trail.pass('Signature', `The issuer's key ${shown(kid)} verifies it.`);
};

/** What an error says and what caused it: fetch itself says no more than that it failed. */
const reasonsOf = (error: unknown): string =>
  error instanceof Error ? `${error.message}. ${reasonsOf(error.cause)}`.trim() : '';
