import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { integer, nothing, oid, sequence, set, tlv } from './der.ts';

/** Stands in for AWS in one region: what it signs is genuine to a certificate book to which its certificate was added. */
export interface Authority {
  readonly privateKey: KeyObject;
  /** Base64 DER, self-signed. */
  readonly certificate: string;
  readonly serial: number;
}

const COMMON_NAME = '2.5.4.3';
const SHA_256_WITH_RSA = '1.2.840.113549.1.1.11';

/** A new RSA key and its certificate. A key of 2048 bits takes about 100 ms to make: share one between tests. */
export const testAuthority = ({ bits = 2048, exponent = 65_537, serial = 1 } = {}): Authority => {
  const pair = generateKeyPairSync('rsa', { modulusLength: bits, publicExponent: exponent });
  return {
    privateKey: pair.privateKey,
    certificate: certify(pair.publicKey, pair.privateKey, serial),
    serial,
  };
};

/** A certificate for any public key, signed by an RSA key. */
export const certify = (publicKey: KeyObject, issuerKey: KeyObject, serial = 1): string => {
  const algorithm = sequence(oid(SHA_256_WITH_RSA), nothing());
  const toBeSigned = sequence(
    tlv(0xa0, integer(2)),
    integer(serial),
    algorithm,
    issuer(),
    sequence(time('20150814085912Z'), time('21950117085912Z')),
    issuer(),
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = sign('sha256', toBeSigned, issuerKey);
  return sequence(toBeSigned, algorithm, tlv(0x03, Buffer.of(0), signature)).toString('base64');
};

export const issuer = (): Buffer =>
  sequence(set(sequence(oid(COMMON_NAME), tlv(0x13, Buffer.from('Test Identity Authority')))));

const time = (generalized: string): Buffer => tlv(0x18, Buffer.from(generalized));
