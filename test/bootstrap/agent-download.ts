import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Listener, listen } from './listener.ts';

const INSTALLER = fileURLToPath(new URL('stand-in/ssm-setup-cli', import.meta.url));

/** An OpenPGP key that stands for AWS's, and what it signed. */
interface SigningKey {
  readonly fingerprint: string;
  /** Armoured, as AWS publishes its own. */
  readonly publicKey: string;
  /** Detached. */
  readonly signature: Buffer;
}

/** Makes a key and signs the stand-in of ssm-setup-cli with it. */
const signInstaller = (): SigningKey => {
  const home = mkdtempSync(join(tmpdir(), 'gnupg-'));
  const gpg = (...args: readonly string[]) =>
    execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  try {
    gpg('--passphrase', '', '--quick-gen-key', 'Stand-in <stand-in@example.com>', 'ed25519', 'sign', 'never');
    const fingerprint =
      /^fpr:+([0-9A-F]{40}):/m.exec(gpg('--with-colons', '--list-keys').toString())?.[1] ?? '';
    return {
      fingerprint,
      publicKey: gpg('--armor', '--export').toString(),
      signature: gpg('--detach-sign', '--output', '-', INSTALLER),
    };
  } finally {
    execFileSync('gpgconf', ['--homedir', home, '--kill', 'all']);
    rmSync(home, { recursive: true });
  }
};

export interface AgentDownload extends Listener {
  readonly key: SigningKey;
}

/** Stands in for AWS's bucket, whatever the architecture of this machine. */
export const startAgentDownload = async (): Promise<AgentDownload> => {
  const key = signInstaller();
  const installer = readFileSync(INSTALLER);
  const server = createServer(({ url = '' }, response) => {
    if (/^\/latest\/debian_\w+\/ssm-setup-cli$/.test(url)) return response.end(installer);
    if (/^\/latest\/debian_\w+\/ssm-setup-cli\.sig$/.test(url)) return response.end(key.signature);
    return response.writeHead(404).end();
  });
  return { ...(await listen(server)), key };
};
