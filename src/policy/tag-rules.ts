import * as z from 'zod';
import { TagNotAllowed, TagRequired, TooManyTags } from '../activation/errors.ts';
import { foldedKey, keysByFold, repeatedKey, withoutKeysOf } from '../activation/tag-keys.ts';
import { MAX_TAGS, TagKey, type Tags, TagValue, tagIn } from '../activation/tags.ts';
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
  .superRefine((rules, context) => {
    const repeated = repeatedKey(new Set(keysNamedIn(rules)));
    if (repeated !== undefined) {
      const message = `the key ${JSON.stringify(repeated)} is spelled in two ways; case does not tell keys apart`;
      context.addIssue({ code: 'custom', message });
    }
    for (const key of Object.keys(rules.allowed).filter(isOperatorsKey)) {
      const message = `${key} decides what is done to a machine: it can be fixed, and not left to callers`;
      context.addIssue({ code: 'custom', path: ['allowed', key], message });
    }
  })
  .meta({ id: 'TagRules' });
export type TagRules = z.infer<typeof TagRules>;

export const NO_TAGS: TagRules = { fixed: {}, allowed: {}, required: [] };

/** What is done to a machine must not be the machine's to say: these keys are for operators and policy to set. */
const OPERATORS_KEYS: ReadonlySet<string> = new Set(['Mode'].map(foldedKey));
const isOperatorsKey = (key: string): boolean => OPERATORS_KEYS.has(foldedKey(key));

/** The keys that the rules name to the letter: patterns name none. */
function* keysNamedIn({ fixed, allowed, required }: TagRules): Generator<string> {
  yield* Object.keys(fixed);
  yield* required;
  for (const key of Object.keys(allowed)) if (!key.includes('*')) yield key;
}

/** Tags that are set by several, the later ones having the last word whatever the spelling of their keys. */
export const fixedTags = (weaker: Tags, stronger: Tags): Tags => ({
  ...withoutKeysOf(weaker, stronger),
  ...stronger,
});

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
  const spellings = keysByFold(keysNamedIn(rules));
  const refused = Object.entries(given).flatMap(([key, value]) => {
    const spelling = spellings.get(foldedKey(key)) ?? key;
    const tag = JSON.stringify(`${key}=${value}`);
    if (spelling !== key) return [`${tag} (policy spells the key ${JSON.stringify(spelling)})`];
    return isAllowed(rules, key, value) ? [] : [tag];
  });
  if (refused.length === 0) return;
  throw new TagNotAllowed(`Policy does not leave these tags to this caller: ${refused.join(', ')}.`);
};

/** Saying what policy sets anyway is no override. */
const isAllowed = ({ fixed, allowed }: TagRules, key: string, value: string): boolean => {
  const set = tagIn(fixed, key);
  if (set !== undefined) return set === value;
  return (
    !isOperatorsKey(key) &&
    Object.entries(allowed).some(([keys, values]) => matchesPattern(keys, key) && matchesAny(values, value))
  );
};
