/**
 * The temporary credentials a managed node gets. They are sealed, not stored: the session token says whose they
 * are and until when, and the secret follows from the token and the server's key. So any number of sets are good
 * at once, each until it expires, and a restart changes nothing.
 */
import { randomBytes } from 'node:crypto';
import { seal } from './sealing.ts';
import { sameSignature } from './signature.ts';

export interface NodeCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly instanceId: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

const accessKeyForm = /^ASIA([0-9A-F]{10})([0-9A-F]{6})$/;
const accessKeyMark = (key: Uint8Array, nonce: string) =>
  seal(key, 'access-key', nonce).toString('hex').slice(0, 6).toUpperCase();
const secretOf = (key: Uint8Array, sessionToken: string) =>
  seal(key, 'secret', sessionToken).toString('base64').slice(0, 40);
const sessionMark = (key: Uint8Array, claims: string) => seal(key, 'session', claims).toString('base64url');

export function issueCredentials(
  key: Uint8Array,
  instanceId: string,
  expiresAt: number,
): NodeCredentials & { sessionToken: string } {
  const nonce = randomBytes(5).toString('hex').toUpperCase();
  const accessKeyId = `ASIA${nonce}${accessKeyMark(key, nonce)}`;
  const claims = [accessKeyId, instanceId, expiresAt].join('.');
  const sessionToken = `${claims}.${sessionMark(key, claims)}`;
  return { accessKeyId, secretAccessKey: secretOf(key, sessionToken), sessionToken, instanceId, expiresAt };
}

/** Undefined when the token was not issued here. An expired one still opens. */
export function openSessionToken(key: Uint8Array, sessionToken: string): NodeCredentials | undefined {
  const [accessKeyId, instanceId, expiresAt, mark] = sessionToken.split('.');
  if (!accessKeyId || !instanceId || !expiresAt || !mark) return undefined;
  if (!sameSignature(mark, sessionMark(key, `${accessKeyId}.${instanceId}.${expiresAt}`))) return undefined;
  return {
    accessKeyId,
    secretAccessKey: secretOf(key, sessionToken),
    instanceId,
    expiresAt: Number(expiresAt),
  };
}

/** True of the access keys of nodes, whether or not their session token comes along. */
export function isNodeAccessKey(key: Uint8Array, accessKeyId: string): boolean {
  const [, nonce, mark] = accessKeyForm.exec(accessKeyId) ?? [];
  return nonce !== undefined && mark === accessKeyMark(key, nonce);
}
