/** IAM's decision by the statements of one or more policies ("Policy evaluation logic", IAM user guide). */
import * as z from 'zod';

export interface Request {
  /** Of a resource's policy: `{ Service: '...' }` or `{ AWS: '...' }`. Identity policies name none. */
  readonly principal?: Readonly<Record<string, string>>;
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

const manyOf = <T extends z.ZodType>(item: T) =>
  z.union([z.array(item), item.transform((one): z.infer<T>[] => [one])]);
const Texts = manyOf(z.coerce.string());
const Statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.union([z.literal('*'), z.record(z.string(), Texts)]).optional(),
  Action: Texts,
  Resource: Texts,
  Condition: z.record(z.string(), z.record(z.string(), Texts)).default({}),
});
type Statement = z.infer<typeof Statement>;

/** An explicit denial prevails; what nothing allows is denied. */
export const isAllowed = (statements: readonly unknown[], request: Request): boolean => {
  const matching = statements.map((one) => Statement.parse(one)).filter((one) => matches(one, request));
  return (
    matching.some(({ Effect }) => Effect === 'Allow') && matching.every(({ Effect }) => Effect === 'Allow')
  );
};

const matches = ({ Principal, Action, Resource, Condition }: Statement, request: Request): boolean =>
  isPrincipal(Principal, request.principal) &&
  Action.some((pattern) => like(pattern.toLowerCase(), request.action.toLowerCase())) &&
  Resource.some((pattern) => like(filledIn(pattern, request), request.resource)) &&
  Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => holds(operator, key, values, request)),
  );

const isPrincipal = (named: Statement['Principal'], asking: Request['principal']): boolean => {
  if (named === undefined || asking === undefined) return named === asking;
  if (named === '*') return true;
  return Object.entries(asking).some(([kind, who]) =>
    [...(named[kind] ?? []), ...(named['AWS']?.includes('*') ? ['*'] : [])].some((one) => like(one, who)),
  );
};

/** Keys of conditions are compared without case, those with a tag's name in them too. */
const contextOf = ({ context = {} }: Request, key: string): string | undefined =>
  Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];

const holds = (operator: string, key: string, values: readonly string[], request: Request): boolean => {
  const given = contextOf(request, key);
  if (given === undefined) return operator.endsWith('IfExists');
  const compare = OPERATORS[operator.replace(/IfExists$/, '')];
  if (!compare) throw new Error(`The evaluation does not know the operator ${operator}.`);
  return values.some((value) => compare(filledIn(value, request), given));
};

const OPERATORS: Readonly<Record<string, (value: string, given: string) => boolean>> = {
  StringEquals: (value, given) => value === given,
  StringEqualsIgnoreCase: (value, given) => value.toLowerCase() === given.toLowerCase(),
  StringLike: (value, given) => like(value, given),
  ArnLike: (value, given) => like(value, given),
  Bool: (value, given) => value === given,
};

/** `${aws:userid}`; a variable without a value matches nothing. */
const filledIn = (pattern: string, request: Request): string =>
  pattern.replaceAll(/\$\{([^}]+)\}/g, (_, key: string) => contextOf(request, key) ?? '\0');

const like = (pattern: string, text: string): boolean => {
  const expression = pattern
    .split(/([*?])/)
    .map((part) => (part === '*' ? '.*' : part === '?' ? '.' : part.replaceAll(/[^\w]/g, '\\$&')))
    .join('');
  return new RegExp(`^${expression}$`, 's').test(text);
};
