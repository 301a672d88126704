import { describe, expect, it } from 'vitest';
import { certificateBook } from '../../../src/identity/instance-identity/certificates.ts';
import { verifyInstanceIdentity } from '../../../src/identity/instance-identity/verify.ts';
import { GENUINE } from './documents.ts';

const book = certificateBook();
const message = Buffer.from(GENUINE, 'base64');
const verifyMessage = (bytes: Buffer) => verifyInstanceIdentity(bytes.toString('base64'), book);
const genuine = verifyInstanceIdentity(GENUINE, book);

/** Where each thing lies in the genuine message, as `openssl asn1parse` prints it. */
const CONTENT = { from: 52, to: 536 };
const SIGNER_NAME = { from: 555, to: 664 };
const SIGNED_ATTRIBUTES = { from: 677, to: 830 };
const SIGNATURE = { from: 845, to: 1105 };

const positions = ({ from, to }: { from: number; to: number }): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i);

/** The eight messages that differ from the genuine one in one bit of this octet. */
const flipped = (at: number): Buffer[] =>
  Array.from({ length: 8 }, (_, bit) => {
    const copy = Buffer.from(message);
    copy.writeUInt8(message.readUInt8(at) ^ (1 << bit), at);
    return copy;
  });

const acceptedWhenChanged = (range: { from: number; to: number }): number[] =>
  positions(range).filter((at) => flipped(at).some((changed) => verifyMessage(changed).genuine));

describe('a genuine identity document', () => {
  it('verifies under the pinned certificate of its region, and is returned as it was signed', () => {
    expect(genuine).toEqual({
      genuine: true,
      document: {
        accountId: '189292791360',
        architecture: 'arm64',
        availabilityZone: 'ap-southeast-2a',
        billingProducts: null,
        devpayProductCodes: null,
        marketplaceProductCodes: null,
        imageId: 'ami-0cbde744623b7506b',
        instanceId: 'i-0c5541936caf78c12',
        instanceType: 't4g.small',
        kernelId: null,
        pendingTime: new Date('2026-02-16T00:38:27Z'),
        privateIp: '10.0.1.242',
        ramdiskId: null,
        region: 'ap-southeast-2',
        version: '2017-09-30',
      },
    });
  });

  it.each([
    ['one line', GENUINE.replaceAll('\n', '')],
    ['lines that end in CR LF', GENUINE.replaceAll('\n', '\r\n')],
    ['lines joined by spaces', GENUINE.replaceAll('\n', ' ')],
  ])('verifies as %s', (_, proof) => {
    expect(verifyInstanceIdentity(proof, book)).toEqual(genuine);
  });

  it('is refused with any bit of the document changed', () => {
    expect(acceptedWhenChanged(CONTENT)).toEqual([]);
  });

  it('is refused with any bit of the signed attributes changed', () => {
    expect(acceptedWhenChanged(SIGNED_ATTRIBUTES)).toEqual([]);
  });

  it('is refused with any bit of the signature changed', () => {
    expect(acceptedWhenChanged(SIGNATURE)).toEqual([]);
  });

  it('is refused with any bit changed but in the name of the signer, which decides nothing', () => {
    const outside = acceptedWhenChanged({ from: 0, to: message.length }).filter(
      (at) => at < SIGNER_NAME.from || at >= SIGNER_NAME.to,
    );

    expect(outside).toEqual([]);
  });

  it('stays the same document whatever the name of the signer says', () => {
    const answers = positions(SIGNER_NAME)
      .flatMap(flipped)
      .map(verifyMessage)
      .filter((answer) => answer.genuine);

    expect(answers.length).toBeGreaterThan(0);
    for (const answer of answers) expect(answer).toEqual(genuine);
  });

  it('is refused when cut at any length', () => {
    const accepted = positions({ from: 0, to: message.length }).filter(
      (length) => verifyMessage(message.subarray(0, length)).genuine,
    );

    expect(accepted).toEqual([]);
  });

  it.each([[Buffer.of(0)], [Buffer.of(0, 0)], [Buffer.of(0x05, 0x00)], [message]])(
    'is refused with octets after its end',
    (beyond) => {
      expect(verifyMessage(Buffer.concat([message, beyond]))).toEqual({ genuine: false, fault: 'Malformed' });
    },
  );

  it.each([
    ['another alphabet', GENUINE.replaceAll('+', '-').replaceAll('/', '_')],
    ['no padding', GENUINE.replaceAll('=', '')],
    ['PEM armour', `-----BEGIN PKCS7-----\n${GENUINE}-----END PKCS7-----\n`],
    ['bits after the last octet', GENUINE.replace('A==', 'B==')],
    ['a second message behind its padding', GENUINE + GENUINE],
  ])('is refused in base64 with %s', (_, proof) => {
    expect(verifyInstanceIdentity(proof, book)).toEqual({ genuine: false, fault: 'NotBase64' });
  });

  it('is refused unread when it is longer than 16 KiB', () => {
    const padded = GENUINE + '\n'.repeat(16 * 1024 + 1 - GENUINE.length);

    expect(verifyInstanceIdentity(padded.slice(1), book).genuine).toBe(false);
    expect(verifyInstanceIdentity(padded, book)).toEqual({ genuine: false, fault: 'TooLarge' });
    expect(verifyInstanceIdentity(padded.slice(0, -1), book)).toEqual(genuine);
  });
});
