/** A call to Systems Manager that was given up takes effect within this time, or never. AWS publishes no bound. */
export const LATE_MS = 2 * 60_000;
