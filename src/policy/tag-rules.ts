import * as z from 'zod';
import { TagNotAllowed, TagRequired, TooManyTags } from '../activation/errors.ts';
import { MAX_TAGS, TagKey, type Tags, TagValue } from '../activation/tags.ts';
import { matchesAny, matchesPattern, Pattern } from './pattern.ts';

/** What a caller may, must and cannot say about its tags. Nothing is allowed that is not named here. */
export const TagRules = z
  .strictObject({
    fixed: z
      .record(TagKey, TagValue)
      .default({})
      .meta({ description: 'Tags set by policy; a caller cannot override them.' }),
    allowed: z
      .record(Pattern, z.array(z.string().max(256)).min(1))
      .default({})
      .meta({ description: 'Keys that a caller may choose (a pattern), and the patterns of their values.' }),
    required: z
      .array(TagKey)
      .default([])
      .meta({ description: 'Keys that a caller must give when it activates.' }),
  })
  .meta({ id: 'TagRules' });
export type TagRules = z.infer<typeof TagRules>;

export const NO_TAGS: TagRules = { fixed: {}, allowed: {}, required: [] };

/**
 * The tags of an activation: the caller's, with those that policy sets.
 * @throws TagNotAllowed, TagRequired, TooManyTags
 */
export const tagsForActivation = (rules: TagRules, given: Tags): Tags => {
  requireAllowed(rules, given);
  const missing = rules.required.filter((key) => !Object.hasOwn({ ...rules.fixed, ...given }, key));
  if (missing.length > 0) {
    throw new TagRequired(
      `Policy requires the tags ${missing.map((key) => JSON.stringify(key)).join(', ')}.`,
    );
  }
  const tags = { ...given, ...rules.fixed };
  const total = Object.keys(tags).length;
  if (total > MAX_TAGS) {
    throw new TooManyTags(
      `With those that policy sets they are ${total} tags; a managed node holds at most ${MAX_TAGS}.`,
    );
  }
  return tags;
};

/**
 * Checks tags that a machine sets on its node.
 * @throws TagNotAllowed that names every tag policy does not leave to the caller
 */
export const requireAllowed = (rules: TagRules, given: Tags): void => {
  const refused = Object.entries(given).filter(([key, value]) => !isAllowed(rules, key, value));
  if (refused.length === 0) return;
  const named = refused.map(([key, value]) => JSON.stringify(`${key}=${value}`)).join(', ');
  throw new TagNotAllowed(`Policy does not leave these tags to this caller: ${named}.`);
};

/** Saying what policy sets anyway is no override. */
const isAllowed = ({ fixed, allowed }: TagRules, key: string, value: string): boolean =>
  Object.hasOwn(fixed, key)
    ? fixed[key] === value
    : Object.entries(allowed).some(
        ([keys, values]) => matchesPattern(keys, key) && matchesAny(values, value),
      );
