import type { IncomingHttpHeaders } from 'node:http';

/** How many characters of an Origin are told: whoever sends it chooses it. */
const MOST_ORIGIN = 100;

const originOf = (url: string): string | undefined => {
  const origin = URL.canParse(url) ? new URL(url).origin : 'null';
  return origin === 'null' ? undefined : origin;
};

/**
 * What of a request says that a page of some other site may have sent it, or undefined when nothing does. `own` are the
 * URLs at which the service itself is reached. Browsers send these headers, and no page can make them leave one out.
 */
export const foreignPage = (
  { origin, ...headers }: IncomingHttpHeaders,
  own: readonly string[],
): string | undefined => {
  if (origin !== undefined && !own.map(originOf).includes(originOf(origin) ?? 'of no site'))
    return `Origin: ${origin.slice(0, MOST_ORIGIN)}`;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return `Sec-Fetch-Site: ${site}`;
  // Over plain HTTP a browser does not say which site is asking, and an image has no Origin; but it says its language.
  // Node's fetch does so too, and tells itself apart by saying in which mode it asks.
  if (site === undefined && headers['accept-language'] !== undefined && !headers['sec-fetch-mode'])
    return 'Accept-Language without Sec-Fetch-Site';
  return undefined;
};
