import { isSameCaller, type Principal } from './principal.ts';
import type { NameRecord } from './record.ts';
import type { Tags } from './tags.ts';

/** By key: the value to set, or null to remove the tag. */
export type TagChanges = Readonly<Record<string, string | null>>;

export const tagChanges = (set: Tags, remove: readonly string[]): TagChanges => ({
  ...Object.fromEntries(remove.map((key) => [key, null])),
  ...set,
});

export const withChanges = (tags: Tags, changes: TagChanges): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...tags, ...changes }).filter((pair): pair is [string, string] => pair[1] !== null),
  );

/** Changes as events tell them: a tag that goes has an empty value. */
export const toldTags = (changes: Readonly<Record<string, string | null | undefined>>): Tags =>
  Object.fromEntries(Object.entries(changes).map(([key, value]) => [key, value ?? '']));

/** What the machine was granted that is on its way in: it may have registered, and wait to be judged. */
export const machineOnItsWay = ({ activation, newcomer, superseded }: NameRecord) =>
  activation ?? superseded.find(({ id }) => id === newcomer?.activationId);

/** The tags that the name's machine has, or will have when it registers. */
export const wantedTags = (record: NameRecord): Tags => {
  const expected = machineOnItsWay(record);
  return expected
    ? withChanges(expected.tags, followUpsFor(record, expected.principal))
    : (record.node?.tags ?? {});
};

/** The changes that were accepted for a machine of this caller. */
export const followUpsFor = ({ followUps }: NameRecord, caller: Principal): TagChanges =>
  followUps && isSameCaller(followUps.of, caller) ? followUps.changes : {};

/** A caller's machine is to get these; undefined when that is nothing. */
export const followUpsOf = (caller: Principal, changes: TagChanges): NameRecord['followUps'] =>
  Object.keys(changes).length > 0 ? { of: caller, changes } : undefined;
