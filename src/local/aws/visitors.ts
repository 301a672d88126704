/**
 * Who may speak to the embedded AWS at all. No browser is among its clients, and whoever comes by a name that is not
 * its own was led here by another's DNS. It answers no preflight and sets no CORS header either.
 */
import type { IncomingMessage } from 'node:http';
import { authoritiesOf } from '../../edge/authorities.ts';
import type { KnownHosts } from '../../edge/known-hosts.ts';
import { AwsError } from './errors.ts';

/** Throws when a browser is asking, or a client that takes this for another server. */
export function requireClient(
  { url = '', headers, rawHeaders, socket }: IncomingMessage,
  isKnownHost: KnownHosts,
): void {
  if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined)
    throw new AwsError('AccessDeniedException', 'The embedded AWS does not answer to browsers.');
  const named = authoritiesOf(url, rawHeaders);
  if (named.length > 0 && named.every((authority) => isKnownHost(authority, socket.localAddress))) return;
  throw new AwsError(
    'AccessDeniedException',
    'The embedded AWS does not answer to this host name; ALLOWED_HOSTS can name it.',
  );
}
