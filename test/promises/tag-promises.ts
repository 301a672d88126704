import { machineOnItsWay, wantedTags } from '../../src/activation/tag-changes.ts';
import type { Tags } from '../../src/activation/tags.ts';
import type { Wish } from './diary.ts';
import { brokenIf, type NameView } from './name-view.ts';
import { FIXED_TAG } from './world.ts';

/** P5: every tag that was accepted is on the node, on its way to it, or an event says why not. */
export const brokenTagPromises = (view: NameView): string[] =>
  [...Map.groupBy(standingWishes(view), ({ key }) => key).values()].flatMap((wishes) => {
    const last = wishes.findLast(({ accepted }) => accepted);
    if (!last) return [];
    // Of those that overlapped, or were not answered, any may be the one that counts.
    const isKept = wishes
      .filter(({ answered }) => answered > last.sent)
      .some(
        (wish) =>
          isOnNode(view, wish) || isOnItsWay(view, wish) || isExplained(view, wish) || isOver(view, wish),
      );
    return brokenIf(!isKept, `P5: ${last.key}=${last.value} of ${view.name} was lost`);
  });

/** Those that no later activation's own tags took the place of. */
const standingWishes = ({ name, diary, events }: NameView): readonly Wish[] => {
  const handed = diary.handed.filter((activation) => activation.name === name);
  const issued = events.filter(({ kind }) => kind === 'ActivationIssued');
  return diary.wishes.filter((wish) => {
    const sets = ({ tags = {} }: { tags?: Tags | undefined }) =>
      wish.key === FIXED_TAG.key || Object.hasOwn(tags, wish.key);
    const isReplaced =
      handed.some((activation) => activation.turn > wish.sent && sets(activation)) ||
      issued.some((event) => event.at > wish.at && sets(event));
    return wish.name === name && !isReplaced;
  });
};

const isOnNode = ({ name, system }: NameView, { key, value }: Wish): boolean =>
  (system.nodes.find((node) => node.name === name)?.tags[key] ?? null) === value;

/** A machine that has not been Online yet gets it, whichever node it ends up as. */
const isOnItsWay = ({ record }: NameView, { key, value }: Wish): boolean => {
  if (record && machineOnItsWay(record)) return (wantedTags(record)[key] ?? null) === value;
  return record !== undefined && !record.node?.seenOnline && record.followUps?.changes[key] === value;
};

const isExplained = ({ events }: NameView, wish: Wish): boolean =>
  events.some(({ kind, at, tags = {} }) => {
    if (at < wish.at) return false;
    if (kind === 'TagsRefused' || kind === 'TagsDropped') return Object.hasOwn(tags, wish.key);
    return kind === 'NodeRemoved' || kind === 'NodeGone';
  });

/** The machine that it was for had it, or could have had it, and gave way to another. */
const isOver = ({ events, diary, system, name }: NameView, wish: Wish): boolean => {
  const current = system.nodes.find((node) => node.name === name)?.id;
  const isPast = (node: string | undefined) =>
    node !== undefined && node !== current && (diary.reported.has(node) || diary.deregistered.includes(node));
  // What the activation says already, nobody has to apply.
  const rodeOn = (activation: string | undefined) =>
    diary.handed.some(({ id, tags }) => id === activation && (tags[wish.key] ?? null) === wish.value);
  const isDelivery = (event: NameView['events'][number]) =>
    event.kind === 'TagsApplied' && event.tags?.[wish.key] === (wish.value ?? '') && isPast(event.nodeId);
  const isRegistration = (event: NameView['events'][number]) =>
    event.kind === 'NodeLinked' && isPast(event.nodeId) && rodeOn(event.activationId);
  const isReplacement = (event: NameView['events'][number]) =>
    event.kind === 'NodeReplaced' && isPast(event.nodeId);
  return (
    isPast(wish.node) ||
    events.some(
      (event) => event.at >= wish.at && (isDelivery(event) || isRegistration(event) || isReplacement(event)),
    )
  );
};
