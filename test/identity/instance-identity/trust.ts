import { certificateBook } from '../../../src/identity/instance-identity/certificates.ts';
import type { Fault } from '../../../src/identity/instance-identity/faults.ts';
import { type Verification, verifyInstanceIdentity } from '../../../src/identity/instance-identity/verify.ts';
import { testAuthority } from './authority.ts';
import { documentFields } from './documents.ts';
import { type Signable, signDocument, type Variations } from './sign.ts';

/** Trusted for us-west-2. */
export const west = testAuthority();
/** Trusted for eu-south-1. */
export const south = testAuthority();
export const book = certificateBook({ 'us-west-2': west.certificate, 'eu-south-1': south.certificate });

/** A document of us-west-2. */
export const document = documentFields();
export const accepted = {
  genuine: true,
  document: { ...document, pendingTime: new Date(String(document['pendingTime'])) },
};
export const refusedAs = (fault: Fault): Verification => ({ genuine: false, fault });

/** What the verifier says of a document signed by the key of us-west-2. */
export const signed = (variations: Variations = {}, its: Signable = document): Verification =>
  verifyInstanceIdentity(signDocument(its, west.privateKey, variations), book);
