import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldedKey } from '../../src/activation/tag-keys.ts';
import { MAX_TAGS, TagKeysQuery, TagsBody, TagsQuery } from '../../src/activation/tags.ts';

const RUNS = { numRuns: Number(process.env['TAG_RUNS'] ?? 300) };

/** One code unit each, so that lengths are those of SSM's limits. */
const visibleCharacter = fc.constantFrom(...'abcXYZ019 _.:/=+-@äßñ中文अع٣');
const legalCharacter = fc.oneof({ weight: 9, arbitrary: visibleCharacter }, fc.constant('\u00a0'));
const legalText = (maxLength: number) => fc.string({ unit: legalCharacter, maxLength });
const legalKey = fc
  .string({ unit: visibleCharacter, minLength: 1, maxLength: 128 })
  .filter((key) => !/^ | $|^aws:/i.test(key));
const tagSet = (key: fc.Arbitrary<string>, value: fc.Arbitrary<string>) =>
  fc
    .uniqueArray(fc.tuple(key, value), { maxLength: MAX_TAGS, selector: ([one]) => foldedKey(one) })
    .map((pairs) => Object.fromEntries(pairs));
const legalTags = tagSet(legalKey, legalText(256));
/** The first `=` splits in the text form, so a key with one cannot be said there; spaces at the ends are the writer's. */
const sayableTags = tagSet(
  legalKey.filter((key) => !key.includes('=')),
  legalText(256).filter((value) => !/^ | $/.test(value)),
);
const asText = (tags: Record<string, string>) =>
  Object.entries(tags).map(([key, value]) => `${key}=${value}`);

describe('any set of tags that SSM takes', () => {
  test('survives the query, in one parameter or in many', () => {
    return fc.assert(
      fc.property(sayableTags, (tags) => {
        expect(TagsQuery.parse(asText(tags).join(','))).toEqual(tags);
        expect(TagsQuery.parse(asText(tags))).toEqual(tags);
      }),
      RUNS,
    );
  });

  test("survives a body as an object and as AWS's list", () => {
    return fc.assert(
      fc.property(legalTags, (tags) => {
        expect(TagsBody.parse(tags)).toEqual(tags);
        expect(TagsBody.parse(Object.entries(tags).map(([Key, Value]) => ({ Key, Value })))).toEqual(tags);
      }),
      RUNS,
    );
  });

  test('survives a body as text', () => {
    return fc.assert(
      fc.property(sayableTags, (tags) => {
        expect(TagsBody.parse(asText(tags).join(','))).toEqual(tags);
      }),
      RUNS,
    );
  });
});

describe('text', () => {
  test.each([
    ['the first = splits', 'a=b=c', { a: 'b=c' }],
    ['a bare key has an empty value', 'dev', { dev: '' }],
    ['a key may have an empty value', 'dev=', { dev: '' }],
    ['nothing between commas is nothing', ',a=1,,b=2,', { a: '1', b: '2' }],
    ['no text is no tags', '', {}],
    ['a space after a comma is no part of a key', 'Env=Prod, Role=web', { Env: 'Prod', Role: 'web' }],
    ['spaces round keys and values are no part of them', ' a = 1 , b c =2', { a: '1', 'b c': '2' }],
    ['spaces within a value are its own', 'a=1  2', { a: '1  2' }],
    ['a key that begins like the reserved ones may be had', 'awsome=1,aws=2', { awsome: '1', aws: '2' }],
    ['letters are letters in any script', 'Größe=中文', { Größe: '中文' }],
  ])('%s', (_rule, text, tags) => {
    expect(TagsQuery.parse(text)).toEqual(tags);
  });
});

describe('what SSM does not take is refused, and the refusal names the key', () => {
  const long = (length: number) => 'k'.repeat(length);
  test.each([
    ['an empty key', '=x', '""'],
    ['a key too long', `${long(129)}=x`, long(128)],
    ['a value too long', `k=${'v'.repeat(257)}`, '"k"'],
    ['a character outside the alphabet in a key', 'a;b=x', '"a;b"'],
    ['a character outside the alphabet in a value', 'key=a\tb', '"key"'],
    ['a line break', 'key=a\nb', '"key"'],
    ['a NUL', 'key=\0', '"key"'],
    ['an emoji', 'key=😀', '"key"'],
    ['half a surrogate pair', 'key=\ud800', '"key"'],
    ['a reserved key', 'aws:x=1', '"aws:x"'],
    ['a reserved key in capitals', 'AWS:x=1', '"AWS:x"'],
    ['a reserved key in both', 'aWs:x=1', '"aWs:x"'],
    ['a key that is no property of its own', '__proto__=1', '"__proto__"'],
    ['a key that occurs twice', 'a=1,b=2,a=1', '"a"'],
    ['a key that occurs in another case', 'Env=1,env=2', '"env"'],
    ['a key with a letter that cannot be seen', 'Env\u3164=1', '"Env\u3164"'],
    ['a key that ends with a no-break space', 'Env\u00a0=1', '"Env\u00a0"'],
  ])('%s', (_rule, text, key) => {
    const messages = TagsQuery.safeParse(text).error?.issues.map(({ message }) => message) ?? [];

    expect(messages.join()).toContain(key);
    expect(TagsBody.safeParse(text).success).toBe(false);
  });

  test('a key that occurs twice over repeated parameters', () => {
    expect(TagsQuery.safeParse(['a=1', 'a=2']).success).toBe(false);
  });

  test("a key that occurs twice in AWS's list", () => {
    const pair = { Key: 'a', Value: '1' };

    expect(TagsBody.safeParse([pair, pair]).success).toBe(false);
  });

  test("AWS's list with a member of another name", () => {
    expect(TagsBody.safeParse([{ key: 'a', value: '1' }]).success).toBe(false);
  });

  test('values that are not strings', () => {
    expect(TagsBody.safeParse({ a: 1 }).success).toBe(false);
    expect(TagsBody.safeParse({ a: null }).success).toBe(false);
  });

  test('a key of JSON that is no property of its own is refused or carries nothing', () => {
    const parsed = TagsBody.safeParse(JSON.parse('{"__proto__": "x", "a": "1"}'));

    expect(parsed.data ?? { a: '1' }).toEqual({ a: '1' });
    expect(Object.getPrototypeOf(parsed.data ?? {})).toBe(Object.prototype);
  });

  test('every problem is reported, not the first alone', () => {
    const { error } = TagsQuery.safeParse('a;=1,b=\t,aws:c=1');

    expect(error?.issues).toHaveLength(3);
  });

  test('any character outside the alphabet, wherever it stands', () => {
    const foreign = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 });
    const alphabet = /[\p{L}\p{Z}\p{N}_.:/=+\-@,]/u;
    return fc.assert(
      fc.property(
        foreign.filter((character) => !alphabet.test(character)),
        legalText(5),
        (character, around) => {
          expect(TagsBody.safeParse({ [`k${around}${character}`]: '' }).success).toBe(false);
          expect(TagsBody.safeParse({ k: `${character}${around}` }).success).toBe(false);
        },
      ),
      RUNS,
    );
  });
});

test('50 tags are taken and 51 are not', () => {
  const tags = (count: number) => Array.from({ length: count }, (_, index) => `k${index}`).join(',');

  expect(TagsQuery.safeParse(tags(50)).success).toBe(true);
  expect(TagsQuery.safeParse(tags(51)).error?.issues[0]?.message).toContain('more than 50 tags');
});

test.each([
  ['Environment', 'ENVIRONMENT'],
  ['Environment', ' environment '],
  ['Environment', 'Environ\u3164ment'],
  ['straße', 'STRASSE'],
  ['ΟΔΟΣ', 'οδος'],
  ['Kelvin', '\u212aelvin'],
  ['longs', 'long\u017f'],
  ['Mine', 'M\u0130NE'],
  ['Mine', 'M\u0131ne'],
  ['Ｅnv', 'env'],
  ['a\u00a0b', 'a b'],
])('%j and %j are one key', (one, other) => {
  expect(foldedKey(one)).toBe(foldedKey(other));
});

test.each([
  ['Role', 'Roles'],
  ['a b', 'ab'],
  ['größe', 'grosse'],
  ['ä', 'a'],
])('%j and %j are two keys', (one, other) => {
  expect(foldedKey(one)).not.toBe(foldedKey(other));
});

test('keys to remove come in one parameter or in many, each once', () => {
  expect(TagKeysQuery.parse(['a,b', 'b,c d'])).toEqual(['a', 'b', 'c d']);
  expect(TagKeysQuery.safeParse('').success).toBe(false);
  expect(TagKeysQuery.safeParse('a,aws:b').success).toBe(false);
});
