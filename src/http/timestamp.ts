/** A moment as answers show it: RFC 3339 in UTC, to the second, as in `2026-11-21T10:00:00Z`. */
export const timestamp = (moment: Date): string => moment.toISOString().replace(/\.\d+Z$/, 'Z');
