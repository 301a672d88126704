import { constants } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certificateBook } from '../../../src/identity/instance-identity/certificates.ts';
import type { Fault } from '../../../src/identity/instance-identity/faults.ts';
import { verifyInstanceIdentity } from '../../../src/identity/instance-identity/verify.ts';
import { testAuthority } from './authority.ts';
import { nothing, octetString, oid, sequence, set, tlv } from './der.ts';
import { attribute, contentType, messageDigest, signDocument, type Variations } from './sign.ts';
import { accepted, book, document, refusedAs, signed, south, west } from './trust.ts';

const attacker = testAuthority({ serial: west.serial });
const der = (certificate: string) => Buffer.from(certificate, 'base64');

describe('a forged message', () => {
  it.each<[string, Fault, Variations]>([
    ['no signed attributes', 'NoSignedAttributes', { attributes: false }],
    ['an empty set of signed attributes', 'BadSignedAttributes', { attributes: () => [] }],
    ['two signers', 'NotOneSigner', { signers: 2 }],
    ['no signer', 'NotOneSigner', { signers: 0 }],
    ['no document inside', 'NoContent', { detached: true }],
    ['two documents inside', 'NoContent', { contents: (octets) => [octets, octets] }],
    ['something else than a document inside', 'NoContent', { contents: () => [nothing()] }],
    ['segments of segments', 'NoContent', { contents: (octets) => [tlv(0x24, octets)] }],
    ['something after its signers', 'NotSignedData', { beyond: [set()] }],
    ['two NULLs for a signature algorithm', 'NotRsa', { parameters: [nothing(), nothing()] }],
    ['parameters for a signature algorithm', 'NotRsa', { parameters: [sequence()] }],
    ['SHA-1', 'NotSha256', { digest: 'sha1' }],
    ['a contentType other than data', 'BadSignedAttributes', { contentType: '1.2.840.113549.1.7.2' }],
    ['the digest of another document', 'DigestMismatch', { signedInstead: '{}' }],
    ['unsigned attributes', 'NotSignedData', { unsignedAttributes: true }],
    ['a signature that lacks its first octet', 'SignatureMismatch', { signature: (s) => s.subarray(1) }],
    [
      'a signature with a zero before it',
      'SignatureMismatch',
      { signature: (s) => Buffer.concat([Buffer.of(0), s]) },
    ],
    ['a signature padded as PSS', 'SignatureMismatch', { padding: constants.RSA_PKCS1_PSS_PADDING }],
    ['an empty signature', 'SignatureMismatch', { signature: () => Buffer.of() }],
    ['a signature of zeros', 'SignatureMismatch', { signature: (s) => Buffer.alloc(s.length) }],
  ])('is refused with %s', (_, fault, variations) => {
    expect(signed(variations)).toEqual(refusedAs(fault));
  });

  const digest = messageDigest(Buffer.alloc(32));
  it.each<[string, NonNullable<Exclude<Variations['attributes'], false>>]>([
    ['a second messageDigest behind the first', (standard) => [...standard, digest]],
    ['a second messageDigest before the first', (standard) => [digest, ...standard]],
    ['two values of messageDigest', (standard) => [...standard.slice(0, -1), twoDigests()]],
    ['no messageDigest', (standard) => standard.slice(0, -1)],
    ['no contentType', (standard) => standard.slice(1)],
    ['a second contentType', (standard) => [...standard, contentType()]],
    ['a second contentType of another kind', (standard) => [contentType('1.2.3.4'), ...standard]],
    [
      'a repeated attribute of no meaning',
      (standard) => [...standard, attribute('1.2.3', nothing()), attribute('1.2.3', nothing())],
    ],
    [
      'an attribute of three parts',
      (standard) => [...standard, sequence(oid('1.2.3'), set(nothing()), nothing())],
    ],
    ['an attribute without a value', (standard) => [...standard, attribute('1.2.3')]],
  ])('is refused with %s', (_, attributes) => {
    expect(signed({ attributes })).toEqual(refusedAs('BadSignedAttributes'));
  });

  it.each([
    ['the same', west.serial],
    ['another', 77],
  ])(
    'is refused when signed by the key of a certificate that it brings along, with %s serial number',
    (_, serial) => {
      const proof = signDocument(document, attacker.privateKey, {
        certificates: [der(attacker.certificate)],
        serial,
      });

      expect(verifyInstanceIdentity(proof, book)).toEqual(refusedAs('SignatureMismatch'));
    },
  );

  it('is refused when signed by the key of another region', () => {
    const proof = signDocument(document, south.privateKey);

    expect(verifyInstanceIdentity(proof, book)).toEqual(refusedAs('SignatureMismatch'));
  });

  it('is refused under a book that has only AWS itself for the region', () => {
    const proof = signDocument(document, west.privateKey);

    expect(verifyInstanceIdentity(proof, certificateBook())).toEqual(refusedAs('SignatureMismatch'));
  });

  it('is refused when the same JSON is written otherwise than it was signed', () => {
    const pretty = JSON.stringify(document, null, 2);

    expect(signed({ signedInstead: pretty }, JSON.stringify(document))).toEqual(refusedAs('DigestMismatch'));
    expect(signed({ signedInstead: pretty }, pretty)).toEqual(accepted);
  });

  it('is refused when it is a signed document in place of a set of signed attributes', () => {
    const attributes = () => [Buffer.from('7b7d', 'hex'), octetString(Buffer.of()), oid('1.2.3')];

    expect(signed({ attributes }).genuine).toBe(false);
  });

  it('never makes the verifier throw, whatever its octets', () => {
    return fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.uint8Array().map(toBase64)), (proof) => {
        expect(verifyInstanceIdentity(proof, book).genuine).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});

const twoDigests = () =>
  attribute('1.2.840.113549.1.9.4', octetString(Buffer.alloc(32)), octetString(Buffer.alloc(32, 1)));

const toBase64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
