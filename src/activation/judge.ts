import type { ActivationId } from './identifiers.ts';
import type { ManagedNode } from './managed-node.ts';
import { type Reading, shownIn } from './reading.ts';
import type { NameRecord, OutstandingActivation, SupersededActivation } from './record.ts';

/** What becomes of a node that registered under one of a name's activations. */
export type Verdict =
  /** The name maps to it from now on. */
  | 'link'
  /** It never gets the name, and is to be deregistered. */
  | 'disown'
  /** What happened before it registered may be missing from this reading. */
  | 'wait';

/** An activation with which a newcomer registered, outstanding or superseded. */
export type Source = OutstandingActivation | SupersededActivation;

const standingOf = (source: Source) => ('standing' in source ? source.standing : 'stands');

/** The name's activations whose nodes are not decided on. */
export const undecided = ({ activation, superseded }: NameRecord): ActivationId[] => [
  ...(activation ? [activation.id] : []),
  ...superseded.filter(({ standing }) => standing !== 'decided').map(({ id }) => id),
];

/** Those whose nodes may still get the name: what was out when an operator removed it never does. */
export const hopeful = ({ activation, superseded }: NameRecord): ActivationId[] => [
  ...(activation ? [activation.id] : []),
  ...superseded
    .filter(({ standing }) => standing === 'stands' || standing === 'stripped')
    .map(({ id }) => id),
];

/**
 * Judges a newcomer by one reading, applied to the record as it now is. These rules are proved in every order of events,
 * under reads that lag, lost answers and crashes: see model/.
 * The record's own `seenOnline` has taken in the reading before.
 */
export const judge = (
  record: NameRecord,
  newcomer: ManagedNode,
  source: Source,
  reading: Reading,
): Verdict => {
  if (standingOf(source) === 'disowned') return 'disown';
  const open = undecided(record);
  const { node: current } = record;
  // Nobody else can have come before it.
  if (!current && hopeful(record).length === 1) return 'link';
  // t1 A is linked and silent, t2 B may take its place as a burned one's, t3 A pings, t4 B registers (P10).
  if (current?.seenOnline && !mayReplace(record, source)) return 'disown';
  if (current && !isReleased(record, source) && shownIn(reading, current)?.pingStatus === 'Online') {
    return 'disown';
  }
  // t1 A pings, t2 B registers, t3 a reading shows B and misses that ping: A must not lose its name. Nor may the reading
  // have left out an activation whose node came before B and is Online by now.
  const isOldEnough = newcomer.registeredAt < reading.settledUntil;
  const asked = [...open, ...(current ? [current.activationId] : [])];
  return isOldEnough && asked.every((id) => reading.asked.has(id)) ? 'link' : 'wait';
};

/** Granted to take the linked node's place though that node has been Online, and the grant still holds. */
const mayReplace = (record: NameRecord, source: Source): boolean =>
  record.node !== undefined && source.replaces === record.node.id && standingOf(source) === 'stands';

const isReleased = (record: NameRecord, source: Source): boolean =>
  source.grant === 'release' && mayReplace(record, source);
