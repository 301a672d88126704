import { createHmac } from 'node:crypto';

/** HMAC-SHA-256 of a text under the server's own key; `purpose` keeps one use's seals from passing for another's. */
export function seal(key: Uint8Array, purpose: 'page' | 'access-key' | 'session' | 'secret', text: string) {
  return createHmac('sha256', key).update(`${purpose}\n${text}`).digest();
}
