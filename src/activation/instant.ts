import * as z from 'zod';

/** A moment: a Date in the rules, ISO 8601 in UTC wherever it is stored or sent. */
export const Instant = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
});
