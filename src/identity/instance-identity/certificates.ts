import { type KeyObject, X509Certificate } from 'node:crypto';
import pinned from './certificates.json' with { type: 'json' };
import { partitionOf } from './partition.ts';

/** The keys that may vouch for documents, each for its own region only. */
export interface CertificateBook {
  /** Empty for a region without a certificate. */
  keysOf(region: string): readonly KeyObject[];
}

/** An operator's certificate that cannot be used; the message names the region and the reason. For configuration time. */
export class UnusableCertificate extends Error {
  constructor(region: string, reason: string) {
    super(`The instance identity certificate added for region "${region}" ${reason}.`);
    this.name = 'UnusableCertificate';
  }
}

const AWS: ReadonlyMap<string, string> = new Map(Object.entries(pinned));

/**
 * AWS's certificates (`certificates.json`, region to base64 DER) and an operator's `extra` ones (region to one or more
 * PEM blocks, or to base64 DER). Throws `UnusableCertificate`.
 *
 * An extra certificate stands beside the pinned one, so that a rotation has no moment at which one of them is refused.
 * Validity dates are not looked at: the key is what is pinned (AWS's run past 2194), and an operator withdraws a
 * certificate by removing it.
 */
export const certificateBook = (extra: Readonly<Record<string, string>> = {}): CertificateBook => {
  const added = new Map(
    Object.entries(extra).map(([region, text]) => [region, certificatesIn(region, text)]),
  );
  for (const [region, certificates] of added) refuseAnothersCertificate(region, certificates, added);

  // Parsed on first use: parsing all of AWS's certificates would cost a cold start some milliseconds.
  const keys = new Map(
    [...AWS.keys(), ...added.keys()].map((region) => [
      region,
      once(() => keysIn(AWS.get(region), added.get(region))),
    ]),
  );
  return { keysOf: (region) => keys.get(region)?.() ?? [] };
};

const keysIn = (aws: string | undefined, added: readonly X509Certificate[] = []): readonly KeyObject[] => {
  const pinned = aws === undefined ? [] : [new X509Certificate(Buffer.from(aws, 'base64'))];
  // AWS signs with the added one now, or an operator had not added it.
  return [...added, ...pinned].map((certificate) => certificate.publicKey);
};

const once = <Value>(make: () => Value): (() => Value) => {
  let made: Value | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

const PEM = /-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g;

const certificatesIn = (region: string, text: string): readonly X509Certificate[] => {
  if (!partitionOf(region))
    throw new UnusableCertificate(region, 'is for no region of a known AWS partition');
  const blocks = [...text.matchAll(PEM)].map(([, body]) => body ?? '');
  return (blocks.length > 0 ? blocks : [text]).map((base64) => {
    const certificate = parseCertificate(region, base64);
    requireStrongKey(region, certificate.publicKey);
    return certificate;
  });
};

const parseCertificate = (region: string, base64: string): X509Certificate => {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch {
    throw new UnusableCertificate(region, 'is neither PEM nor base64 DER of an X.509 certificate');
  }
};

const requireStrongKey = (region: string, key: KeyObject): void => {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType !== 'rsa') {
    throw new UnusableCertificate(region, `has a key of type ${key.asymmetricKeyType}, not RSA`);
  }
  if (modulusLength < 2048) {
    throw new UnusableCertificate(
      region,
      `has an RSA key of ${modulusLength} bits; at least 2048 are needed`,
    );
  }
  if (publicExponent < 65_537n) {
    throw new UnusableCertificate(
      region,
      `has an RSA key with the exponent ${publicExponent}; at least 65537 is needed`,
    );
  }
};

/** One certificate for two regions would let either speak for the other; it is a slip of copying in every likely case. */
const refuseAnothersCertificate = (
  region: string,
  certificates: readonly X509Certificate[],
  added: ReadonlyMap<string, readonly X509Certificate[]>,
): void => {
  const owners = [
    ...AWS,
    ...[...added].flatMap(([name, its]) => its.map((one) => [name, base64Of(one)] as const)),
  ];
  const own = new Set(certificates.map(base64Of));
  const other = owners.find(([name, base64]) => name !== region && own.has(base64));
  if (other) throw new UnusableCertificate(region, `is the certificate of region "${other[0]}"`);
};

const base64Of = (certificate: X509Certificate): string => certificate.raw.toString('base64');
