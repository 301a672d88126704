import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import certificates from '../../src/identity/instance-identity/certificates.json' with { type: 'json' };
import type { PinnedKey } from './pinned-key.ts';

const BOOTSTRAP = new URL('../../bootstrap-scripts/linux/bootstrap.sh', import.meta.url);
const ARMOURED = /-----BEGIN PGP PUBLIC KEY BLOCK-----.*?-----END PGP PUBLIC KEY BLOCK-----/gs;

/** The certificates of instance identity documents. */
export const shippedCertificates = (): readonly PinnedKey[] =>
  Object.entries(certificates).map(([region, base64]) => ({
    what: `The instance identity certificate of ${region} (tools/instance-identity-certificates.ts)`,
    endsAt: new Date(new X509Certificate(Buffer.from(base64, 'base64')).validTo),
  }));

/** The OpenPGP keys by which the bootstrap script knows AWS's agent installer, as gpg reads them and not as a comment says. */
export const shippedAgentKeys = (script = readFileSync(BOOTSTRAP, 'utf8')): readonly PinnedKey[] => {
  const keys = [...script.matchAll(ARMOURED)].flatMap(([armoured]) => endsOf(armoured));
  if (keys.length === 0) throw new Error('The bootstrap script holds no OpenPGP key that ends.');
  return keys;
};

const endsOf = (armoured: string): readonly PinnedKey[] => {
  const home = mkdtempSync(join(tmpdir(), 'gnupg-'));
  try {
    const listed = execFileSync('gpg', ['--homedir', home, '--batch', '--with-colons', '--show-keys'], {
      input: armoured,
      stdio: ['pipe', 'pipe', 'ignore'],
    }).toString();
    // GnuPG's DETAILS file: fields 5 and 7 of a key are its id and its end in seconds.
    return [...listed.matchAll(/^(?:pub|sub):(?:[^:]*:){3}([0-9A-F]+):[^:]*:(\d+):/gm)].map(
      ([, id, seconds]) => ({
        what: `The key ${id} that signs the agent's installer (bootstrap-scripts/linux/bootstrap.sh)`,
        endsAt: new Date(Number(seconds) * 1_000),
      }),
    );
  } finally {
    rmSync(home, { recursive: true });
  }
};
