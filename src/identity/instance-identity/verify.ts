import { hash, verify } from 'node:crypto';
import type { CertificateBook } from './certificates.ts';
import { readSignedContent } from './cms.ts';
import { documentSchema, type InstanceIdentityDocument, regionSchema } from './document.ts';
import { type Fault, Refused } from './faults.ts';

export type Verification =
  | { readonly genuine: true; readonly document: InstanceIdentityDocument }
  | { readonly genuine: false; readonly fault: Fault };

/** In characters of base64. */
const MAX_LENGTH = 16 * 1024;

/**
 * Decides whether `proof`, the `rsa2048` form of an EC2 instance identity document (base64, line breaks allowed), was
 * signed by AWS for the region it names. The document returned is the signed content itself; whether its account,
 * region and age are welcome, and whether it was used before, is for the caller to say. Does not throw.
 */
export const verifyInstanceIdentity = (proof: string, book: CertificateBook): Verification => {
  try {
    return { genuine: true, document: verified(proof, book) };
  } catch (error) {
    if (error instanceof Refused) return { genuine: false, fault: error.fault };
    throw error;
  }
};

const verified = (proof: string, book: CertificateBook): InstanceIdentityDocument => {
  const { content, messageDigest, signedAttributes, signature } = readSignedContent(decode(proof));
  if (!hash('sha256', content, 'buffer').equals(messageDigest)) {
    throw new Refused('DigestMismatch');
  }

  // Parsed once: the value that names the key is the value returned, so a repeated JSON member cannot be read two ways.
  const claims = parseJson(content);
  const { data: unverified } = regionSchema.safeParse(claims);
  if (!unverified) throw new Refused('NotJson');
  const keys = book.keysOf(unverified.region);
  if (keys.length === 0) throw new Refused('UnknownRegion');
  // With an RSA key that is PKCS #1 v1.5 (Node.js, "crypto.verify"); naming the padding costs half as much again.
  if (!keys.some((key) => verify('sha256', signedAttributes, key, signature))) {
    throw new Refused('SignatureMismatch');
  }

  const { data: document } = documentSchema.safeParse(claims);
  if (!document) throw new Refused('BadDocument');
  return document;
};

/** The only spelling of some octets: padded, canonical, in the standard alphabet; spaces and line breaks apart. */
const decode = (proof: string): Buffer => {
  if (proof.length > MAX_LENGTH) throw new Refused('TooLarge');
  const base64 = proof.replace(/[ \t\r\n]+/g, '');
  const message = Buffer.from(base64, 'base64');
  if (message.toString('base64') !== base64) throw new Refused('NotBase64');
  return message;
};

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const parseJson = (content: Buffer): unknown => {
  try {
    return JSON.parse(UTF_8.decode(content));
  } catch {
    throw new Refused('NotJson');
  }
};
