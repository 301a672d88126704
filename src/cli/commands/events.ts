import { setTimeout as sleep } from 'node:timers/promises';
import { ok } from '@oazapfts/runtime';
import { type Event, listEvents } from '../../client/api.ts';
import type { Connection } from '../../client/connect.ts';
import { EVENTS } from '../output/events.ts';
import { allPages, PAGE, withProgress } from '../pages.ts';
import type { Session } from '../session.ts';
import { showAsItComes } from '../watch.ts';
import { countOf, earlier, intervalOf } from '../when.ts';

export interface ListEventsOptions {
  readonly name?: string;
  readonly since?: string;
  readonly limit?: string;
}

export interface FollowEventsOptions {
  readonly name?: string;
  readonly interval: string;
}

/** How many earlier events a follower is shown. */
const EARLIER = 10;
/** Events are written by several processes, whose clocks differ a little: so far back late ones are looked for. */
const OVERLAP_MS = 10_000;

interface EventFilter {
  readonly name?: string;
  readonly since?: string;
}

const eventPages = (connection: Connection, filter: EventFilter, most?: number) =>
  allPages(async (limit, cursor) => {
    const { Events, NextCursor } = await ok(listEvents({ ...filter, limit, ...cursor }, connection));
    return { entries: Events, next: NextCursor };
  }, most);

export const listEventsCommand = async (
  session: Session,
  { name, since, limit }: ListEventsOptions,
): Promise<void> => {
  const filter = {
    ...(name && { name }),
    ...(since && { since: earlier(since, session.shell.now()).toISOString() }),
  };
  const pages = eventPages(await session.connect(), filter, limit === undefined ? undefined : countOf(limit));
  await session.show(withProgress(pages, session.shell), EVENTS);
};

export const followEventsCommand = async (
  session: Session,
  { name, interval }: FollowEventsOptions,
): Promise<void> => {
  const intervalMs = intervalOf(interval);
  await showAsItComes(session, follow(await session.connect(), name, intervalMs), EVENTS);
};

const versionOf = ({ EventId, Count = 1 }: Event): string => `${EventId} ${Count}`;

/** The last few events, then the new ones, the oldest first. */
async function* follow(
  connection: Connection,
  name: string | undefined,
  intervalMs: number,
): AsyncGenerator<readonly Event[]> {
  const named = name ? { name } : {};
  const all = async (filter: EventFilter, most?: number): Promise<readonly Event[]> => {
    const events: Event[] = [];
    for await (const page of eventPages(connection, filter, most)) events.push(...page);
    return events;
  };
  let recent = await all(named, PAGE);
  yield recent.slice(0, EARLIER).toReversed();
  for (;;) {
    await sleep(intervalMs);
    const last = recent[0]?.EventTime;
    const since = last && new Date(Date.parse(last) - OVERLAP_MS).toISOString();
    const found = await all({ ...named, ...(since && { since }) });
    // A refusal that was counted on is told again.
    const known = new Set(recent.map(versionOf));
    yield found.filter((event) => !known.has(versionOf(event))).toReversed();
    if (found.length > 0) recent = found;
  }
}
