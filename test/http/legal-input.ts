/** What DESIGN section 1 lets a machine send, told without the code under test. */

export type Parameters = readonly (readonly [name: string, value: string])[];

const ALPHABET = /^[\p{L}\p{Z}\p{N}_.:/=+@-]$/u;
/** In characters, as Smithy counts the lengths of AWS's strings. */
const lengthOf = (text: string) => [...text].length;
const inAlphabet = (text: string) => [...text].every((character) => ALPHABET.test(character));

/** Letters that are drawn as nothing, and spaces that are not the plain one. */
const HIDDEN = /[\p{Default_Ignorable_Code_Point}\u{13441}\u{13442}]|(?! )\p{Z}/u;

const isName = (value: unknown): boolean =>
  typeof value === 'string' &&
  value !== '' &&
  lengthOf(value) <= 256 &&
  inAlphabet(value) &&
  !HIDDEN.test(value) &&
  !/^ | $/.test(value) &&
  value.normalize('NFC') === value &&
  value !== '.' &&
  value !== '..' &&
  !/^mi-[\da-f]{17}$/i.test(value);

/** As IAM may compare keys, and a reader does. */
const folded = (key: unknown) => String(key).normalize('NFKC').toUpperCase().toLowerCase();

const arePairs = (pairs: readonly (readonly [unknown, unknown])[]): boolean =>
  pairs.length <= 50 &&
  new Set(pairs.map(([key]) => folded(key))).size === pairs.length &&
  pairs.every(
    ([key, value]) =>
      typeof key === 'string' &&
      typeof value === 'string' &&
      key !== '' &&
      lengthOf(key) <= 128 &&
      lengthOf(value) <= 256 &&
      inAlphabet(key + value) &&
      !HIDDEN.test(key) &&
      !/^ | $/.test(key) &&
      !key.toLowerCase().startsWith('aws:') &&
      key !== '__proto__',
  );

const isText = (texts: readonly string[]): boolean =>
  arePairs(
    texts
      .join()
      .split(',')
      .map((part) => part.replace(/^ +| +$/g, ''))
      .filter(Boolean)
      .map((part) => {
        const [key = '', ...value] = part.split('=');
        return [key.replace(/ +$/, ''), value.join('=').replace(/^ +/, '')] as const;
      }),
  );

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const areTags = (tags: unknown): boolean => {
  if (typeof tags === 'string') return isText([tags]);
  if (isObject(tags)) return arePairs(Object.entries(tags));
  if (!Array.isArray(tags)) return false;
  const entries: unknown[] = tags;
  return (
    entries.every((tag) => isObject(tag) && Object.keys(tag).sort().join() === 'Key,Value') &&
    arePairs(entries.map((tag) => [Reflect.get(Object(tag), 'Key'), Reflect.get(Object(tag), 'Value')]))
  );
};

const isFormat = (value: unknown) => value === 'json' || value === 'env';

const isQuery = (query: Parameters): boolean => {
  const all = (name: string) => query.filter(([key]) => key === name).map(([, value]) => value);
  return (
    query.every(([key]) => ['name', 'tags', 'format'].includes(key)) &&
    all('name').length <= 1 &&
    all('name').every(isName) &&
    all('format').length <= 1 &&
    all('format').every(isFormat) &&
    isText(all('tags'))
  );
};

const isBody = (body: object): boolean =>
  Object.entries(body).every(([field, value]) => {
    switch (field) {
      case 'name':
        return isName(value);
      case 'tags':
        return areTags(value);
      case 'format':
        return isFormat(value);
      default:
        return false;
    }
  });

/** Whether a call of /activate from an accepted address is to be answered with an activation; `body` is parsed JSON. */
export const isLegal = (query: Parameters, body: unknown): boolean => {
  if (body !== undefined && body !== null && !isObject(body)) return false;
  const fields = Object.keys(body ?? {});
  const named = query.some(([key]) => key === 'name') || fields.includes('name');
  const twice = query.some(([key]) => fields.includes(key));
  return named && !twice && isQuery(query) && isBody(body ?? {});
};
