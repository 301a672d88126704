import { MOST_SUPERSEDED } from '../../../src/activation/activate.ts';
import type { NameRecord } from '../../../src/activation/record.ts';
import type { Caller } from '../caller.ts';
import type { Diary, Handed } from '../diary.ts';
import type { SystemView } from '../system.ts';
import { SETTLING_MS } from '../world.ts';

/** What the contract's "When a name asks again" says of one caller now, going by what Systems Manager has. */
export type Entitlement =
  /** The answer must be 200, unless something is wrong. */
  | 'must issue'
  /** It must not be 200 (P4, and whose name it is). */
  | 'must refuse'
  /** The service may not have learnt yet what happened in Systems Manager. */
  | 'either';

export interface Asking {
  readonly name: string;
  readonly caller: Caller;
  readonly system: SystemView;
  readonly record: NameRecord | undefined;
  readonly diary: Diary;
  /** Nodes whose names an operator released, or tried to. */
  readonly released: ReadonlySet<string>;
  readonly now: Date;
}

export const entitlementOf = (asking: Asking): Entitlement => {
  const entitlement = bySystemsManager(asking);
  // Whoever asks again and again within minutes, and never registers, has to wait.
  const isFull = (asking.record?.superseded.length ?? 0) >= MOST_SUPERSEDED;
  return entitlement === 'must issue' && isFull ? 'either' : entitlement;
};

const bySystemsManager = ({ name, caller, system, record, diary, released, now }: Asking): Entitlement => {
  const node = system.nodes.find((candidate) => candidate.name === name);
  if (!node) {
    const isLately = (at: Date | undefined) => at && now.getTime() - at.getTime() <= SETTLING_MS;
    // A node that is missing from an answer may only be too young to be in it, whether it was linked or waits to be judged.
    const mayBeYoung = isLately(record?.node?.linkedAt) || isLately(record?.newcomer?.registeredAt);
    return mayBeYoung ? 'either' : 'must issue';
  }
  const handed = diary.handed.find(({ id }) => id === node.activationId);
  // A node of an activation that was out when an operator removed the name is not to have it, whether known yet or not.
  if (isRemoved(diary, handed)) return 'either';
  const owner = handed?.by;
  if (owner?.proof !== caller.proof) return 'must refuse';
  const isBurned = !node.hasReported;
  const isFresher = caller.mayRejoin || (caller.madeAt ?? now) > (owner.madeAt ?? now);
  if (!isBurned && !released.has(node.id) && (node.isOnline || !isFresher)) return 'must refuse';
  return record?.node?.id === node.id && record.released === released.has(node.id) ? 'must issue' : 'either';
};

const isRemoved = ({ removals }: Diary, handed: Handed | undefined): boolean =>
  handed !== undefined &&
  removals.some(({ name, answered }) => name === handed.name && answered > handed.turn);
