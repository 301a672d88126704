import * as z from 'zod';
import { StoredName } from '../activation/instance-name.ts';

const OF_ANOTHER = 'is not a cursor that this listing gave';

/**
 * Where a page of one listing ended: opaque to callers. Each listing takes its own only, in the one spelling that it
 * gives, and of a form that its table can begin at: DynamoDB answers anything else with an error of its own.
 */
const cursorOf = <Place extends z.ZodType<string, string>>(listing: string, place: Place) => {
  const encode = (end: string): string => Buffer.from(`${listing}:${end}`).toString('base64url');
  const query = z
    .string()
    .max(2048, OF_ANOTHER)
    .transform((text, context): z.output<Place> => {
      const decoded = Buffer.from(text, 'base64url').toString();
      const end = decoded.slice(listing.length + 1);
      // Base64 has several spellings of one text, and bytes that are no text have none.
      const parsed = encode(end) === text ? place.safeParse(end) : undefined;
      if (parsed?.success) return parsed.data;
      context.addIssue({ code: 'custom', message: OF_ANOTHER });
      return z.NEVER;
    });
  return { query, encode };
};

const INSTANT = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;

/** The last name of the page before: it stays good whatever changes in between. */
export const NodesCursor = cursorOf('nodes', StoredName);

/** When the last token of the page before was made, and its id. */
export const TokensCursor = cursorOf('tokens', z.string().regex(new RegExp(`^${INSTANT}#[a-z0-9]{12}$`)));

/** When the last event of the page before happened, its id, and the name that it is about. */
export const EventsCursor = cursorOf(
  'events',
  z.string().regex(new RegExp(`^${INSTANT}#[\\w-]{1,64} name#.*$`, 's')),
);

/** How many entries a page may have. */
export const Limit = z.coerce.number().int().min(1).max(100).default(50);
