import { LedgerUnavailable } from './errors.ts';
import type { ActivationEvent } from './events.ts';
import type { InstanceName } from './instance-name.ts';
import type { Ports } from './ports.ts';
import { type NameRecord, unseen } from './record.ts';

/** A state of a name that was read or written before; undefined: nothing had been written about it. */
export interface KnownState {
  readonly record: NameRecord | undefined;
}

/** More than writers that are at one name at once, and few enough to cost nothing. */
const REVISIONS_KEPT = 8;

/** More conflicts in a row than so many mean that something is wrong, not that the name is busy. */
const MOST_CONFLICTS = 100;

/**
 * Applies a pure transition to a name in one conditional write. The transition sees the state it will replace: when
 * another writer came first it is applied again to what that writer left. A transition that returns its argument
 * writes nothing; one that throws changes nothing.
 * The audit trail is told of the change before it is made. t1 a tag is dropped from the record, t2 the process dies: told
 * afterwards, nobody would ever learn why the tag did not reach its node (P5). Told before, the worst is an event twice,
 * or one of a change that another writer came before.
 * Who says what the name was like when it was last seen saves the read: when that is no longer so the write fails, and it
 * is read after all.
 */
export const change = async (
  ports: Pick<Ports, 'ledger' | 'events' | 'newId'>,
  name: InstanceName,
  transition: (record: NameRecord, isNew: boolean) => NameRecord,
  eventsOf: (before: NameRecord, after: NameRecord) => readonly ActivationEvent[] = () => [],
  known?: KnownState,
): Promise<NameRecord> => {
  let { record: previous } = known ?? { record: await ports.ledger.read(name) };
  for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
    const before = previous ?? unseen(name, ports.newId());
    const after = transition(before, previous === undefined);
    for (const event of eventsOf(before, after)) await ports.events.append(event);
    if (after === before) return before;
    const earlierRevisions = previous
      ? [previous.revision, ...previous.earlierRevisions].slice(0, REVISIONS_KEPT)
      : [];
    const next = { ...after, revision: ports.newId(), earlierRevisions };
    if (await ports.ledger.replace(previous, next)) return next;
    previous = await ports.ledger.read(name);
  }
  throw new LedgerUnavailable('Too many writers want this name at once; try again.', 2);
};
