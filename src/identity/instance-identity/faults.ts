/** Why a proof is not a genuine instance identity document: a closed list, in the order in which it is checked. */
export const FAULTS = {
  TooLarge: 'The proof is longer than 16 KiB; a real one is about 1.6 KB.',
  NotBase64: 'The proof is not plain base64: send the rsa2048 form as the metadata service returns it.',
  Malformed: 'The proof is not one well-formed BER element from its first byte to its last.',
  NotSignedData: 'The proof is not a CMS SignedData message of the shape that the rsa2048 form has.',
  NotSha256: 'The digest is not SHA-256: send the rsa2048 form, not pkcs7 or signature.',
  NoContent: 'The document is not inside the message: send the rsa2048 form, not a detached signature.',
  NotOneSigner: 'The message does not have exactly one signer.',
  NoSignedAttributes: 'The message has no signed attributes.',
  BadSignedAttributes:
    'The signed attributes lack one messageDigest and one contentType of data, or repeat one.',
  NotRsa: 'The signature algorithm is not RSA with SHA-256.',
  DigestMismatch: 'The document is not the one whose digest was signed.',
  NotJson: 'The document is not a JSON object that names a region.',
  UnknownRegion:
    'No certificate is known for the region that the document names; one can be added by configuration.',
  SignatureMismatch: 'The signature was not made by the key of the region that the document names.',
  BadDocument: 'The signature is right, but a field of the document is missing or not of the known form.',
} as const;

export type Fault = keyof typeof FAULTS;

/** The only error that the readers of this directory throw. */
export class Refused extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(FAULTS[fault]);
    this.name = 'Refused';
    this.fault = fault;
  }
}
