import { InvalidRequest, RouteUnknown } from '../activation/errors.ts';

/** What a segment holds: RFC 3986's `pchar` (section 3.3), everything else as percent escapes. */
const SEGMENT = /^(?:[\w.~!$&'()*+,;=:@-]|%[0-9a-f]{2})+$/i;
/** Letters, digits and `-._~` as escapes: a second spelling of what RFC 3986 (section 2.3) calls the same path. */
const RESPELLED = /%(?:2[de]|3\d|[46][1-9a-f]|5[0-9af]|7[0-9ae])/i;
/** What some reader between here and there takes for a step, or for no text at all. */
const STEP = /(?:^|\/)\.{1,2}(?:\/|$)/;
const NO_TEXT = /[\p{Cc}\\]/u;

const isLiteralSegment = (segment: string): boolean => {
  if (!SEGMENT.test(segment) || RESPELLED.test(segment)) return false;
  try {
    const text = decodeURIComponent(segment);
    return !STEP.test(text) && !NO_TEXT.test(text);
  } catch {
    return false;
  }
};

export const pathRefused = (): InvalidRequest =>
  new InvalidRequest([
    {
      field: 'path',
      message:
        'is not written as it is meant: no empty segment, no "." or "..", no backslash or control character, ' +
        'letters and digits as themselves, and everything else as percent escapes of UTF-8',
    },
  ]);

/**
 * Lets a path through that means one thing to every reader. API Gateway authorises what it reads in a path, a URL parser
 * resolves dot segments, a router decodes escapes: where they could differ, one route would be authorised and another run.
 * @throws InvalidRequest for a path that can be read in two ways, RouteUnknown for one that ends in a slash
 */
export const requireLiteralPath = (path: string): void => {
  const [before, ...segments] = path.split('/');
  const endsInSlash = segments.length > 1 && segments.at(-1) === '';
  const named = endsInSlash ? segments.slice(0, -1) : segments;
  const isLiteral = path === '/' || (named.length > 0 && named.every(isLiteralSegment));
  if (before !== '' || !isLiteral) throw pathRefused();
  if (endsInSlash) {
    throw new RouteUnknown('No path of this service ends in a slash; ask for the same path without it.');
  }
};
