import type { Answer } from './page.ts';

/** What differs from one run to the next: an answer may hold another one where a page shows one. */
const DIFFERS: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<uuid>'],
  [/\bmi-[0-9a-f]{17}\b/g, '<node>'],
  [/\bi-[0-9a-f]{17}\b/g, '<instance>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
];

/** Stands for whatever is there: part of a line, a whole line or several, a value, the rest of a list or object. */
const ANYTHING = '…';

/** Why what came is not what the page shows; undefined when it is. */
export const mismatch = ({ language, text }: Answer, came: string): string | undefined => {
  if (language === 'text') return isSameText(text, came) ? undefined : 'the text is another';
  const start = came.search(/^[{[]/m);
  try {
    return valueMismatch(JSON.parse(text), JSON.parse(came.slice(Math.max(0, start))), '');
  } catch (error) {
    return `not JSON: ${error}`;
  }
};

/** Columns are as wide as what stands in them: how many spaces there are says nothing. */
const general = (text: string): string =>
  DIFFERS.reduce((known, [pattern, kind]) => known.replace(pattern, kind), text)
    .replace(/[ \t]+/g, ' ')
    .replace(/ $/gm, '')
    .trim();

const isSameText = (documented: string, came: string): boolean => {
  const lines = general(documented)
    .split('\n')
    .map((line) => (line === ANYTHING ? '(?:.*\n)*?' : `${line.split(ANYTHING).map(escaped).join('.*')}\n`));
  return new RegExp(`^${lines.join('')}$`).test(`${general(came)}\n`);
};

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const valueMismatch = (documented: unknown, came: unknown, path: string): string | undefined => {
  const differs = `${path || 'it'} is ${JSON.stringify(came)}, not ${JSON.stringify(documented)}`;
  if (documented === ANYTHING) return came === undefined ? differs : undefined;
  if (Array.isArray(documented) && Array.isArray(came)) {
    const isOpen = documented.at(-1) === ANYTHING;
    const known = isOpen ? documented.slice(0, -1) : documented;
    if (isOpen ? came.length < known.length : came.length !== known.length) return differs;
    return firstOf(known.map((value, index) => valueMismatch(value, came[index], `${path}[${index}]`)));
  }
  if (isObject(documented) && isObject(came)) {
    const { [ANYTHING]: open, ...known } = documented;
    const unknown = Object.keys(came).find((key) => !Object.hasOwn(known, key));
    if (unknown !== undefined && open === undefined) return `${path}.${unknown} is not in the page`;
    return firstOf(
      Object.entries(known).map(([key, value]) => valueMismatch(value, came[key], `${path}.${key}`)),
    );
  }
  if (typeof documented === 'string' && typeof came === 'string') {
    return isSameText(documented, came) ? undefined : differs;
  }
  return documented === came ? undefined : differs;
};

const firstOf = (mismatches: readonly (string | undefined)[]): string | undefined =>
  mismatches.find((one) => one !== undefined);
