import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';

/**
 * What pkijs, a CMS implementation of others, says of a message when the only certificate it is given is `pinned`
 * (DER): the content, if it is signed by that certificate's key, else nothing.
 */
export const signedContentAccordingToPkijs = async (
  message: Uint8Array,
  pinned: Uint8Array,
): Promise<string | undefined> => {
  try {
    const certificate = pkijs.Certificate.fromBER(pinned);
    const info = new pkijs.ContentInfo({ schema: asn1js.fromBER(message).result });
    const signedData = new pkijs.SignedData({ schema: info.content });
    signedData.certificates = [certificate];
    for (const signer of signedData.signerInfos) {
      signer.sid = new pkijs.IssuerAndSerialNumber({
        issuer: certificate.issuer,
        serialNumber: certificate.serialNumber,
      });
    }
    const accepted = await signedData.verify({ signer: 0, checkChain: false });
    const content = signedData.encapContentInfo.eContent?.getValue();
    return accepted && content ? Buffer.from(content).toString('utf8') : undefined;
  } catch {
    return undefined;
  }
};
