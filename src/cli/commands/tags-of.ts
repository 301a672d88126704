import { Failure } from '../failure.ts';

/** `Key=Value` words as a set of tags; a bare word is a key with an empty value. @throws Failure on a key given twice */
export const tagsOf = (words: readonly string[]): Record<string, string> => {
  const tags = new Map<string, string>();
  for (const word of words) {
    const [, key = word, value = ''] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
    if (tags.has(key)) throw new Failure('usage', `The tag ${key} is given twice.`);
    tags.set(key, value);
  }
  return Object.fromEntries(tags);
};
