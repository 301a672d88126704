/** Something of AWS's that is pinned in this repository, and is of no use after its end. */
export interface PinnedKey {
  readonly what: string;
  readonly endsAt: Date;
}

/** AWS made the agent's present key six weeks before the one before it ended; fleets need longer to change their scripts. */
export const NOTICE_DAYS = 90;
const DAY_MS = 24 * 60 * 60_000;

/** One line for each key that ends within the notice, or has ended. */
export const endingSoon = (keys: readonly PinnedKey[], now: Date): readonly string[] =>
  keys
    .filter(({ endsAt }) => endsAt.getTime() - now.getTime() <= NOTICE_DAYS * DAY_MS)
    .map(({ what, endsAt }) => {
      const end = endsAt.toISOString().slice(0, 10);
      return `${what} ${endsAt < now ? 'ended' : 'ends'} on ${end}: replace it.`;
    });
