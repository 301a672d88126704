import * as z from 'zod';
import { isInSsmAlphabet, isVisible, SSM_PATTERN } from './ssm-text.ts';
import { startOf } from './start-of.ts';
import { foldedKey } from './tag-keys.ts';

/** SSM's limit of tags on one managed node. */
export const MAX_TAGS = 50;

const RESERVED = 'tag keys that begin with aws: are reserved';
const isNotReserved = (key: string): boolean => !/^aws:/i.test(key);

/** A key that a node may already have, whoever set it: within SSM's own rules and no narrower. */
export const StoredTagKey = z
  .string()
  .min(1, 'a tag key must not be empty')
  .max(128, { error: 'a tag key must be at most 128 characters', abort: true })
  .refine(isInSsmAlphabet, 'a tag key may hold letters, digits, spaces and _ . : / = + - @ only')
  .refine(isNotReserved, RESERVED)
  .refine((key) => key !== '__proto__', 'this tag key is reserved by JavaScript itself')
  .meta(SSM_PATTERN);

/** A key that may be set. What cannot be seen in a key would only hide that it is another's. */
export const TagKey = z
  .string()
  .min(1, 'a tag key must not be empty')
  .max(128, { error: 'a tag key must be at most 128 characters', abort: true })
  .refine(isVisible, 'a tag key may hold visible letters, digits, plain spaces and _ . : / = + - @ only')
  .refine((key) => key === key.trim(), 'a tag key must not begin or end with a space')
  .refine(isNotReserved, RESERVED)
  .refine((key) => key !== '__proto__', 'this tag key is reserved by JavaScript itself')
  .meta(SSM_PATTERN);

export const TagValue = z
  .string()
  .max(256, { error: 'a tag value must be at most 256 characters', abort: true })
  .refine(isInSsmAlphabet, 'a tag value may hold letters, digits, spaces and _ . : / = + - @ only')
  .meta(SSM_PATTERN);

/** Tags of a managed node, by key. */
export type Tags = Readonly<Record<string, string>>;

/** What a set of tags says of a key. The keys are callers' own, and every object inherits some: `constructor`, say. */
export const tagIn = (tags: Tags, key: string): string | undefined =>
  Object.hasOwn(tags, key) ? tags[key] : undefined;

type Pair = readonly [key: string, value: string];

/** Without the spaces at its ends; read from the ends, for an expression that looks for them can take quadratic time. */
const unspaced = (text: string): string => {
  let [from, to] = [0, text.length];
  while (text[from] === ' ') from += 1;
  while (to > from && text[to - 1] === ' ') to -= 1;
  return text.slice(from, to);
};

/**
 * `Environment=Prod, Role=web`: the first `=` splits, a bare word is a key with an empty value. Blanks round keys and
 * values are the writer's spacing. It is read piece by piece, so that the reader can stop at what is too much.
 */
function* pairsOfText(text: string): Generator<Pair> {
  for (let from = 0; from <= text.length; ) {
    const comma = text.indexOf(',', from);
    const end = comma < 0 ? text.length : comma;
    const part = unspaced(text.slice(from, end));
    from = end + 1;
    if (part === '') continue;
    const split = part.indexOf('=');
    yield split < 0 ? [part, ''] : [unspaced(part.slice(0, split)), unspaced(part.slice(split + 1))];
  }
}

/**
 * Checks pairs against SSM's rules and makes them one set; every problem is reported, with its key. Whoever sends more
 * than a node can hold is told so at once: checking the rest would cost this service far more than it cost the sender.
 */
const collectTags = (pairs: Iterable<Pair>, context: z.RefinementCtx): Tags => {
  const report = (message: string) => context.addIssue({ code: 'custom', message });
  const given: Pair[] = [];
  for (const pair of pairs) {
    given.push(pair);
    if (given.length <= MAX_TAGS) continue;
    report(`more than ${MAX_TAGS} tags: a managed node holds at most ${MAX_TAGS}`);
    return z.NEVER;
  }
  const keys = new Map<string, string>();
  for (const [key, value] of given) {
    const shown = JSON.stringify(startOf(key, 128));
    for (const parsed of [TagKey.safeParse(key), TagValue.safeParse(value)]) {
      for (const issue of parsed.error?.issues ?? []) report(`${shown}: ${issue.message}`);
    }
    const folded = foldedKey(key.slice(0, 128));
    const earlier = keys.get(folded);
    if (earlier === key) report(`${shown}: the key occurs more than once`);
    else if (earlier !== undefined)
      report(`${shown}: the key occurs as ${JSON.stringify(earlier)} too; case does not tell keys apart`);
    keys.set(folded, key.slice(0, 128));
  }
  return Object.fromEntries(given);
};

function* pairsOfTexts(texts: readonly string[]): Generator<Pair> {
  for (const text of texts) yield* pairsOfText(text);
}

/** The `tags` query parameter, once or repeated. */
export const TagsQuery = z
  .union([z.string(), z.array(z.string())])
  .transform((given, context) => collectTags(pairsOfTexts([given].flat()), context));

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

const pairsOfBody = (
  given: string | Record<string, string> | { Key: string; Value: string }[],
): Iterable<Pair> => {
  if (typeof given === 'string') return pairsOfText(given);
  if (Array.isArray(given)) return given.map(({ Key, Value }): Pair => [Key, Value]);
  return Object.entries(given);
};

/** The keys in `a,b` form, for removing tags. */
export const TagKeysQuery = z.lazy(() =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((given) =>
      [...new Set([given].flat().flatMap((text) => text.split(',')))].filter((key) => key.trim() !== ''),
    )
    .pipe(
      z
        .array(StoredTagKey)
        .min(1, 'name at least one tag key')
        .max(MAX_TAGS, `name at most ${MAX_TAGS} tag keys`),
    ),
);
