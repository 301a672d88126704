import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import pinned from '../../../src/identity/instance-identity/certificates.json' with { type: 'json' };
import {
  certificateBook,
  UnusableCertificate,
} from '../../../src/identity/instance-identity/certificates.ts';
import { partitionOf } from '../../../src/identity/instance-identity/partition.ts';
import { verifyInstanceIdentity } from '../../../src/identity/instance-identity/verify.ts';
import { certify, testAuthority } from './authority.ts';
import { documentFields, GENUINE } from './documents.ts';
import { signDocument } from './sign.ts';

const authority = testAuthority();
const asPem = (base64: string) =>
  `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

const [, ...rows] = readFileSync(
  new URL('../../../src/identity/instance-identity/certificate-fingerprints.tsv', import.meta.url),
  'utf8',
)
  .trimEnd()
  .split('\n')
  .map((line) => line.split('\t'));
const published = Object.entries(pinned);

describe('the pinned certificates', () => {
  it('are those of 39 regions, each with the fingerprints published for its certificate and key', () => {
    const fingerprints = published.map(([region, base64]) => {
      const { raw, publicKey } = new X509Certificate(Buffer.from(base64, 'base64'));
      return [region, sha256(raw), sha256(publicKey.export({ type: 'spki', format: 'der' }))];
    });

    expect(fingerprints).toHaveLength(39);
    expect(rows.map((row) => row.slice(0, 3))).toEqual(expect.arrayContaining(fingerprints));
  });

  it('give each region one RSA key of 2048 bits that no other region has', () => {
    const keys = published.flatMap(([region]) => certificateBook().keysOf(region));

    expect(new Set(keys.map((key) => sha256(key.export({ type: 'spki', format: 'der' })))).size).toBe(39);
    for (const key of keys) expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048);
  });

  it('are parsed once', () => {
    const book = certificateBook();

    expect(book.keysOf('us-east-1')).toBe(book.keysOf('us-east-1'));
  });

  it('are there for every region whose fingerprints are known', () => {
    const missing = rows.map(([region = '']) => region).filter((region) => !(region in pinned));

    expect(missing).toEqual([]);
  });

  it('are none for a region that is not known, which a document of it is told', () => {
    expect(certificateBook().keysOf('eu-north-9')).toEqual([]);
  });
});

describe('a certificate added by an operator', () => {
  const proof = (region: string) => signDocument(documentFields({ region }), authority.privateKey);

  it.each([
    ['base64 DER', authority.certificate],
    ['PEM', asPem(authority.certificate)],
    ['two PEM blocks', asPem(testAuthority().certificate) + asPem(authority.certificate)],
  ])('makes its region verify when given as %s', (_, text) => {
    const book = certificateBook({ 'eusc-de-east-9': text });

    expect(verifyInstanceIdentity(proof('eusc-de-east-9'), book).genuine).toBe(true);
    expect(verifyInstanceIdentity(proof('ap-east-9'), book)).toEqual({
      genuine: false,
      fault: 'UnknownRegion',
    });
  });

  it('stands beside the pinned one of the same region', () => {
    const book = certificateBook({ 'ap-southeast-2': authority.certificate });

    expect(verifyInstanceIdentity(proof('ap-southeast-2'), book).genuine).toBe(true);
    expect(verifyInstanceIdentity(GENUINE, book).genuine).toBe(true);
  });

  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
  it.each([
    ['an RSA key of 1024 bits', 'ap-east-9', testAuthority({ bits: 1024 }).certificate, /1024 bits/],
    [
      'an RSA key with a small exponent',
      'ap-east-9',
      testAuthority({ exponent: 3 }).certificate,
      /exponent 3/,
    ],
    ['an elliptic-curve key', 'ap-east-9', certify(elliptic, authority.privateKey), /type ec, not RSA/],
    ['no certificate in it', 'ap-east-9', 'MIIB', /neither PEM nor base64 DER/],
    ['nothing in it', 'ap-east-9', '', /neither PEM nor base64 DER/],
    ['the pinned certificate of another region', 'ap-east-9', pinned['us-east-1'], /of region "us-east-1"/],
    ['no region', 'everywhere', authority.certificate, /no region of a known AWS partition/],
  ])('is refused with its reason and region when it has %s', (_, region, text, reason) => {
    const configure = () => certificateBook({ [region]: text });

    expect(configure).toThrow(UnusableCertificate);
    expect(configure).toThrow(reason);
    expect(configure).toThrow(`"${region}"`);
  });

  it('is refused for two regions at once', () => {
    const configure = () =>
      certificateBook({ 'ap-east-9': authority.certificate, 'ap-southeast-9': asPem(authority.certificate) });

    expect(configure).toThrow('is the certificate of region "ap-southeast-9"');
  });
});

describe('the partition of a region', () => {
  it.each([
    ['us-east-1', 'aws'],
    ['ap-southeast-7', 'aws'],
    ['cn-northwest-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['us-iso-east-1', undefined],
    ['us-isob-east-1', undefined],
    ['eu-isoe-west-1', undefined],
    ['__proto__', undefined],
    ['us-east-1\n', undefined],
  ])('of %j is %s', (region, partition) => {
    expect(partitionOf(region)).toBe(partition);
  });

  it('is known of every region with a fingerprint', () => {
    expect(rows.filter(([region = '']) => partitionOf(region) === undefined)).toEqual([]);
  });
});
