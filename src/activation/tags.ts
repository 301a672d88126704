import * as z from 'zod';
import { isInSsmAlphabet, SSM_PATTERN } from './instance-name.ts';

/** SSM's limit of tags on one managed node. */
export const MAX_TAGS = 50;

export const TagKey = z
  .string()
  .min(1, 'a tag key must not be empty')
  .max(128, 'a tag key must be at most 128 characters')
  .refine(isInSsmAlphabet, 'a tag key may hold letters, digits, spaces and _ . : / = + - @ only')
  .refine((key) => !/^aws:/i.test(key), 'tag keys that begin with aws: are reserved')
  .refine((key) => key !== '__proto__', 'this tag key is reserved by JavaScript itself')
  .meta(SSM_PATTERN);

export const TagValue = z
  .string()
  .max(256, 'a tag value must be at most 256 characters')
  .refine(isInSsmAlphabet, 'a tag value may hold letters, digits, spaces and _ . : / = + - @ only')
  .meta(SSM_PATTERN);

/** Tags of a managed node, by key. */
export type Tags = Readonly<Record<string, string>>;

type Pair = readonly [key: string, value: string];

/** `Environment=Prod,Role=web`: the first `=` splits, a bare word is a key with an empty value. */
const pairsOfText = (text: string): Pair[] =>
  text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const split = part.indexOf('=');
      return split < 0 ? [part, ''] : [part.slice(0, split), part.slice(split + 1)];
    });

/** Checks pairs against SSM's rules and makes them one set; every problem is reported, with its key. */
const collectTags = (pairs: readonly Pair[], context: z.RefinementCtx): Tags => {
  const report = (message: string) => context.addIssue({ code: 'custom', message });
  const tags = new Map<string, string>();
  for (const [key, value] of pairs) {
    const shown = JSON.stringify(key.slice(0, 128));
    for (const parsed of [TagKey.safeParse(key), TagValue.safeParse(value)]) {
      for (const issue of parsed.error?.issues ?? []) report(`${shown}: ${issue.message}`);
    }
    if (tags.has(key)) report(`${shown}: the key occurs more than once`);
    tags.set(key, value);
  }
  if (tags.size > MAX_TAGS) report(`${tags.size} tags: a managed node holds at most ${MAX_TAGS}`);
  return Object.fromEntries(tags);
};

/** The `tags` query parameter, once or repeated. */
export const TagsQuery = z
  .union([z.string(), z.array(z.string())])
  .transform((given, context) => collectTags([given].flat().flatMap(pairsOfText), context));

/** `tags` in a JSON body: an object, AWS's list of `{Key, Value}`, or the text form of the query. */
export const TagsBody = z.lazy(() =>
  z
    .union([
      z.string(),
      z.record(z.string(), z.string()),
      z.array(z.strictObject({ Key: z.string(), Value: z.string() })),
    ])
    .transform((given, context) => collectTags(pairsOfBody(given), context)),
);

const pairsOfBody = (given: string | Record<string, string> | { Key: string; Value: string }[]): Pair[] => {
  if (typeof given === 'string') return pairsOfText(given);
  if (Array.isArray(given)) return given.map(({ Key, Value }) => [Key, Value]);
  return Object.entries(given);
};

/** The keys in `a,b` form, for removing tags. */
export const TagKeysQuery = z.lazy(() =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((given) =>
      [...new Set([given].flat().flatMap((text) => text.split(',')))].filter((key) => key !== ''),
    )
    .pipe(z.array(TagKey).min(1, 'name at least one tag key')),
);
