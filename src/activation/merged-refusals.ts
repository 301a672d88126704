import { callerBlock } from './caller-block.ts';
import type { ActivationEvent, Actor } from './events.ts';

/** Refusals of one caller with one code about one name are one event for so long. */
export const REFUSALS_MERGED_MS = 10 * 60_000;
/** An event that goes on is written again after so long, so that its last time is no older. */
const REWRITTEN_MS = 60_000;

interface Limits {
  /** Names of one caller that have an event of their own: varying the name is no way to fill the table. */
  readonly names: number;
  /** Events at most, each code's one of all further callers aside. */
  readonly events: number;
}

/** Whoever proves nothing may have any number of addresses; whoever proved something is to be told by it (P9). */
const OF_UNPROVEN: Limits = { names: 8, events: 128 };
const OF_PROVEN: Limits = { names: 100, events: 1_000 };

/** In the place of an address. */
export const FURTHER_CALLERS = 'further callers';

/**
 * Makes one event with a count of a refusal that comes again and again. Strangers can neither fill nor throttle the table
 * by being refused: of an event the 1st, 2nd, 4th, 8th refusal is written, besides one a minute, and of events there are
 * so many in ten minutes. Nothing goes uncounted: what is beyond them is one event a code.
 * A count tells of one process, and is what it was at the last write: at least so many.
 * The answer is the event as it is now to be written, or undefined when it is not.
 */
export const createRefusalMerger = (): ((refusal: ActivationEvent) => ActivationEvent | undefined) => {
  const unproven = createWindow(OF_UNPROVEN);
  const proven = createWindow(OF_PROVEN);
  return (refusal) => (refusal.actor.kind === 'unproven' ? unproven : proven)(refusal);
};

interface Merged {
  readonly first: ActivationEvent;
  count: number;
  writtenAt: number;
  actor: Actor;
}

/** Takes in a refusal; answers the event as it is now to be written, or undefined when it is not. */
const createWindow = (limits: Limits) => {
  const events = new Map<string, Merged>();
  const namesOf = new Map<string, number>();
  let startedAt = 0;

  const hasEnded = (now: number) => now < startedAt || now - startedAt >= REFUSALS_MERGED_MS;
  const begin = (now: number): void => {
    events.clear();
    namesOf.clear();
    startedAt = now;
  };
  /** The refusal as it may have an event: with its name and caller as long as there is room for them. */
  const admitted = (refusal: ActivationEvent): { readonly key: string; readonly event: ActivationEvent } => {
    const { code, name, actor } = refusal;
    const caller = callerOf(actor);
    const own = JSON.stringify([caller, code, name]);
    if (events.has(own)) return { key: own, event: refusal };
    const names = namesOf.get(caller) ?? 0;
    const isNamed = name !== undefined && names < limits.names;
    const key = isNamed ? own : JSON.stringify([caller, code]);
    if (events.has(key)) return { key, event: { ...refusal, name: undefined } };
    if (events.size < limits.events) {
      if (isNamed) namesOf.set(caller, names + 1);
      return { key, event: isNamed ? refusal : { ...refusal, name: undefined } };
    }
    const further = { kind: 'unproven', sourceIp: FURTHER_CALLERS } as const;
    return { key: `further ${code}`, event: { ...refusal, name: undefined, actor: further } };
  };

  return (refusal: ActivationEvent): ActivationEvent | undefined => {
    const now = refusal.at.getTime();
    if (hasEnded(now)) begin(now);
    const { key, event } = admitted(refusal);
    const merged = events.get(key) ?? { first: event, count: 0, writtenAt: now, actor: event.actor };
    events.set(key, merged);
    merged.count += 1;
    merged.actor = commonActor(merged.actor, event.actor);
    const isDue = isPowerOfTwo(merged.count) || now - merged.writtenAt >= REWRITTEN_MS;
    if (!isDue) return undefined;
    merged.writtenAt = now;
    const { id, at } = merged.first;
    const { count, actor } = merged;
    return { ...event, id, at, actor, count, lastAt: count > 1 ? event.at : undefined };
  };
};

const isPowerOfTwo = (count: number): boolean => (count & (count - 1)) === 0;

const callerOf = (actor: Actor): string => {
  switch (actor.kind) {
    case 'unproven':
      return callerBlock(actor.sourceIp);
    case 'machine': {
      const { proof, subject } = actor.principal;
      return `${proof} ${proof === 'network' ? callerBlock(subject) : subject}`;
    }
    case 'operator':
      return `operator ${actor.subject}`;
    case 'sweep':
      return 'sweep';
  }
};

/** Whom an event is of that was one caller's and now is another's too: the block of both their addresses. */
const commonActor = (earlier: Actor, later: Actor): Actor => {
  if (earlier.kind === 'unproven' && later.kind === 'unproven') {
    return earlier.sourceIp === later.sourceIp ? later : { ...later, sourceIp: callerBlock(later.sourceIp) };
  }
  if (earlier.kind === 'machine' && later.kind === 'machine') {
    const { principal } = later;
    return earlier.principal.subject === principal.subject
      ? later
      : { ...later, principal: { ...principal, subject: callerBlock(principal.subject) } };
  }
  return later;
};
