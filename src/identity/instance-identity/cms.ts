import { type Element, readBer } from './ber.ts';
import { type Fault, Refused } from './faults.ts';

/** What a CMS SignedData message claims (RFC 5652). Nothing here is verified yet. */
export interface SignedContent {
  /** The octets of eContent, segments joined. */
  readonly content: Buffer;
  /** SHA-256 of `content`, as the signer states it. */
  readonly messageDigest: Buffer;
  /** What `signature` covers: the signed attributes under the tag of a SET OF (RFC 5652, 5.4). */
  readonly signedAttributes: Buffer;
  readonly signature: Buffer;
}

const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const SEGMENTED_OCTET_STRING = 0x24;
const NULL = 0x05;
const OBJECT_IDENTIFIER = 0x06;
const SEQUENCE = 0x30;
const SET = 0x31;
const CONTEXT_0 = 0xa0;

const DATA = '2a864886f70d010701';
const SIGNED_DATA = '2a864886f70d010702';
const CONTENT_TYPE = '2a864886f70d010903';
const MESSAGE_DIGEST = '2a864886f70d010904';
const SHA_256 = '608648016503040201';
const RSA_ENCRYPTION = '2a864886f70d010101';
const SHA_256_WITH_RSA = '2a864886f70d01010b';

/**
 * Reads an attached, version 1 SignedData with one SHA-256 and RSA signer, and no unsigned attributes or CRLs.
 * Embedded certificates and the signer's issuer and serial are passed over: the caller knows whose key to use.
 * Throws only `Refused`.
 */
export const readSignedContent = (message: Buffer): SignedContent => {
  const [type, explicit] = partsOf(readBer(message), SEQUENCE, 'NotSignedData', 2);
  if (oidOf(type) !== SIGNED_DATA) throw new Refused('NotSignedData');
  const [signedData] = partsOf(explicit, CONTEXT_0, 'NotSignedData', 1);
  const [version, digests, encapsulated, ...rest] = partsOf(signedData, SEQUENCE, 'NotSignedData');
  requireVersion1(version);
  const [digest] = partsOf(digests, SET, 'NotSha256', 1);
  requireAlgorithm(digest, [SHA_256], 'NotSha256');
  const content = contentOf(encapsulated);
  const [signers, ...beyond] = rest[0]?.tag === CONTEXT_0 ? rest.slice(1) : rest;
  if (beyond.length > 0) throw new Refused('NotSignedData');
  const [signer] = partsOf(signers, SET, 'NotOneSigner', 1);
  return { content, ...signerOf(signer) };
};

const contentOf = (encapsulated: Element | undefined): Buffer => {
  const [type, explicit, ...beyond] = partsOf(encapsulated, SEQUENCE, 'NotSignedData');
  if (oidOf(type) !== DATA || beyond.length > 0) throw new Refused('NotSignedData');
  const [octets] = partsOf(explicit, CONTEXT_0, 'NoContent', 1);
  if (octets?.tag !== SEGMENTED_OCTET_STRING) return octetsOf(octets, 'NoContent');
  return Buffer.concat(octets.children.map((segment) => octetsOf(segment, 'NoContent')));
};

const signerOf = (signer: Element | undefined): Omit<SignedContent, 'content'> => {
  const [version, _issuerAndSerial, digest, attributes, algorithm, signature, ...beyond] = partsOf(
    signer,
    SEQUENCE,
    'NotSignedData',
  );
  requireVersion1(version);
  requireAlgorithm(digest, [SHA_256], 'NotSha256');
  if (attributes?.tag !== CONTEXT_0) throw new Refused('NoSignedAttributes');
  requireAlgorithm(algorithm, [RSA_ENCRYPTION, SHA_256_WITH_RSA], 'NotRsa');
  if (beyond.length > 0) throw new Refused('NotSignedData');
  return {
    messageDigest: messageDigestOf(attributes),
    signedAttributes: Buffer.concat([Buffer.of(SET), attributes.whole.subarray(1)]),
    signature: octetsOf(signature, 'NotSignedData'),
  };
};

/** Each attribute once, with one value. Those not asked for here (the signing time) are signed but say nothing we use. */
const messageDigestOf = (attributes: Element): Buffer => {
  const values = new Map<string, Element>();
  for (const attribute of attributes.children) {
    const [type, set] = partsOf(attribute, SEQUENCE, 'BadSignedAttributes', 2);
    const [value] = partsOf(set, SET, 'BadSignedAttributes', 1);
    const name = oidOf(type);
    if (!name || !value || values.has(name)) throw new Refused('BadSignedAttributes');
    values.set(name, value);
  }
  if (oidOf(values.get(CONTENT_TYPE)) !== DATA) throw new Refused('BadSignedAttributes');
  return octetsOf(values.get(MESSAGE_DIGEST), 'BadSignedAttributes');
};

const partsOf = (
  element: Element | undefined,
  tag: number,
  fault: Fault,
  count?: number,
): readonly Element[] => {
  if (element?.tag !== tag || (count ?? element.children.length) !== element.children.length) {
    throw new Refused(fault);
  }
  return element.children;
};

const octetsOf = (element: Element | undefined, fault: Fault): Buffer => {
  if (element?.tag !== OCTET_STRING) throw new Refused(fault);
  return element.body;
};

const oidOf = (element: Element | undefined): string | undefined =>
  element?.tag === OBJECT_IDENTIFIER ? element.body.toString('hex') : undefined;

const requireVersion1 = (version: Element | undefined): void => {
  if (version?.tag !== INTEGER || !version.body.equals(Buffer.of(1))) throw new Refused('NotSignedData');
};

/** The parameters may be NULL or absent: AWS has sent both (RFC 5754, 2). */
const requireAlgorithm = (
  identifier: Element | undefined,
  allowed: readonly string[],
  fault: Fault,
): void => {
  const [algorithm, parameters, ...beyond] = partsOf(identifier, SEQUENCE, fault);
  const plain = parameters === undefined || (parameters.tag === NULL && parameters.body.length === 0);
  if (!allowed.includes(oidOf(algorithm) ?? '') || !plain || beyond.length > 0) throw new Refused(fault);
};
