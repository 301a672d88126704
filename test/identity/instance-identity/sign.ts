import { constants, createHash, createSign, type KeyObject } from 'node:crypto';
import { issuer } from './authority.ts';
import { constructed, integer, type Lengths, nothing, octetString, oid, sequence, set, tlv } from './der.ts';

/**
 * The three shapes of `rsa2048` seen from AWS: rsaEncryption with 3 signed attributes (2017-18), sha256WithRSA with 4
 * (2021-22), and the same with SHA-256 lacking its NULL (2026).
 */
export type Shape = '2017' | '2021' | '2026';

/** What to do otherwise than AWS does; each is one fault or one harmless difference. */
export interface Variations {
  readonly shape?: Shape;
  readonly lengths?: Lengths;
  /** How many octet strings the document is cut into. */
  readonly segments?: number;
  readonly digest?: 'sha256' | 'sha1';
  readonly signers?: number;
  /** DER of certificates to embed. */
  readonly certificates?: readonly Uint8Array[];
  readonly serial?: number;
  readonly detached?: boolean;
  /** What stands where the octet string of the document belongs. */
  readonly contents?: (octets: Buffer) => readonly Uint8Array[];
  /** Of the signature algorithm; AWS's are one NULL. */
  readonly parameters?: readonly Uint8Array[];
  /** After the signers. */
  readonly beyond?: readonly Uint8Array[];
  /** `false` signs the document itself. */
  readonly attributes?: false | ((standard: readonly Uint8Array[]) => readonly Uint8Array[]);
  readonly contentType?: string;
  /** Signs this in place of the document that is sent. */
  readonly signedInstead?: string;
  readonly unsignedAttributes?: boolean;
  /** Of the signature; one of Node's constants. */
  readonly padding?: number;
  readonly signature?: (genuine: Buffer) => Uint8Array;
}

const OID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  algorithmProtection: '1.2.840.113549.1.9.52',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha1: '1.3.14.3.2.26',
  rsaEncryption: '1.2.840.113549.1.1.1',
  sha256WithRsa: '1.2.840.113549.1.1.11',
};

/** An attribute of a SignerInfo with one value or more. */
export const attribute = (type: string, ...values: readonly Uint8Array[]): Buffer =>
  sequence(oid(type), set(...values));
export const contentType = (type = OID.data): Buffer => attribute(OID.contentType, oid(type));
export const messageDigest = (digest: Uint8Array): Buffer =>
  attribute(OID.messageDigest, octetString(digest));

/** Fields, the very text, or the very octets of a document. */
export type Signable = object | string | Uint8Array;

/** The base64 lines that the metadata service would return for `document`. */
export const signDocument = (
  document: object | string,
  key: KeyObject,
  variations: Variations = {},
): string => signMessage(document, key, variations).toString('base64').replace(/.{76}/g, '$&\n');

/** The same as octets. */
export const signMessage = (
  document: object | string,
  key: KeyObject,
  variations: Variations = {},
): Buffer => {
  const {
    lengths = 'indefinite',
    signers = 1,
    certificates = [],
    detached = false,
    beyond = [],
  } = variations;
  const { contents = (octets: Buffer) => [octets] } = variations;
  const content = octetsOf(document);
  const octets = segmented(content, lengths, variations.segments);
  const encapsulated = detached ? [] : [constructed(lengths, 0xa0, ...contents(octets))];
  const signer = signerInfo(content, key, variations);
  const signedData = constructed(
    lengths,
    0x30,
    integer(1),
    set(digestAlgorithm(variations)),
    constructed(lengths, 0x30, oid(OID.data), ...encapsulated),
    ...(certificates.length > 0 ? [constructed(lengths, 0xa0, ...certificates)] : []),
    set(...Array.from({ length: signers }, () => signer)),
    ...beyond,
  );
  return constructed(lengths, 0x30, oid(OID.signedData), constructed(lengths, 0xa0, signedData));
};

const octetsOf = (document: Signable): Buffer => {
  if (document instanceof Uint8Array) return Buffer.from(document);
  return Buffer.from(typeof document === 'string' ? document : JSON.stringify(document, null, 2));
};

const signerInfo = (content: Buffer, key: KeyObject, variations: Variations): Buffer => {
  const { digest = 'sha256', shape = '2026', serial = 1, parameters = [nothing()] } = variations;
  const { signature = (genuine: Buffer) => genuine, padding = constants.RSA_PKCS1_PADDING } = variations;
  const attributes = variations.attributes === false ? [] : signedAttributes(content, variations);
  const covered = variations.attributes === false ? content : set(...attributes);
  return sequence(
    integer(1),
    sequence(issuer(), integer(serial)),
    digestAlgorithm(variations),
    ...(variations.attributes === false ? [] : [tlv(0xa0, ...attributes)]),
    sequence(oid(shape === '2017' ? OID.rsaEncryption : OID.sha256WithRsa), ...parameters),
    octetString(signature(createSign(digest).update(covered).sign({ key, padding }))),
    ...(variations.unsignedAttributes ? [tlv(0xa1, attribute(OID.signingTime, time()))] : []),
  );
};

const signedAttributes = (content: Buffer, variations: Variations): readonly Uint8Array[] => {
  const {
    digest = 'sha256',
    shape = '2026',
    attributes = (standard) => standard,
    signedInstead,
  } = variations;
  const hash = createHash(digest)
    .update(signedInstead ?? content)
    .digest();
  const protection = sequence(digestAlgorithm(variations), tlv(0xa1, oid(OID.sha256WithRsa), nothing()));
  const standard = [
    contentType(variations.contentType),
    attribute(OID.signingTime, time()),
    ...(shape === '2017' ? [] : [attribute(OID.algorithmProtection, protection)]),
    messageDigest(hash),
  ];
  return attributes ? attributes(standard) : standard;
};

const digestAlgorithm = ({ digest = 'sha256', shape = '2026' }: Variations): Buffer =>
  sequence(oid(OID[digest]), ...(shape === '2026' ? [] : [nothing()]));

/** Indefinite messages carry their octet string cut up, as AWS's do; definite ones whole unless asked for otherwise. */
const segmented = (content: Buffer, lengths: Lengths, segments = lengths === 'definite' ? 0 : 1): Buffer => {
  if (segments === 0) return octetString(content);
  const size = Math.ceil(content.length / segments);
  const pieces = Array.from({ length: segments }, (_, i) =>
    octetString(content.subarray(i * size, (i + 1) * size)),
  );
  return constructed(lengths, 0x24, ...pieces);
};

const time = (): Buffer => tlv(0x17, Buffer.from('260216003828Z'));
