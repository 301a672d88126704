import * as z from 'zod';
import {
  MEMBER_STACK,
  Member,
  Private,
  Public,
  SERVICE_KEYS,
  SERVICE_STACK,
  Undecided,
} from './context-keys.ts';
import { StackName } from './context-values.ts';
import { keysAtOdds } from './keys-at-odds.ts';

/** What is deployed; README.md says what each key means. */
export type PrivateConfiguration = z.infer<typeof Private>;
export type PublicConfiguration = z.infer<typeof Public>;
export type Configuration = PrivateConfiguration | PublicConfiguration;
export type MemberConfiguration = z.infer<typeof Member>;

/** What the CDK gives an app: this one's keys and its own. */
export type Context = Readonly<Record<string, unknown>>;

/** Keys of the CDK's own have a colon, a hyphen or an @ in them; all others are this app's. */
const OWN_KEY = /^[A-Za-z]+$/;
const ownKeys = (context: Context): Context =>
  Object.fromEntries(Object.entries(context).filter(([key]) => OWN_KEY.test(key)));

/** `cdk.context.json` keeps the service's context where a member account's stack is deployed from the same checkout. */
const withoutServiceKeys = (context: Context): Context =>
  Object.fromEntries(
    Object.entries(context).filter(([key]) => key in Member.shape || !SERVICE_KEYS.includes(key)),
  );

/** The context cannot be deployed; the message names every problem. */
export class UnusableContext extends Error {
  override readonly name = 'UnusableContext';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const listed = problems.map((problem) => `  ${problem}`).join('\n');
    super(`The context is not valid (infra/README.md lists its keys):\n${listed}`);
    this.problems = problems;
  }
}

/**
 * The CDK context as configuration: the service's, or a member account's when `eventBusArn` is given.
 * @throws UnusableContext
 */
export const readConfiguration = (
  context: Context,
): { readonly service: Configuration } | { readonly member: MemberConfiguration } => {
  const own = ownKeys(context);
  if (own['eventBusArn'] !== undefined) return { member: parse(Member, withoutServiceKeys(own)) };
  const atOdds = keysAtOdds(own);
  switch (own['exposure']) {
    case 'private':
      return { service: parse(Private, own, atOdds) };
    case 'public':
      return { service: parse(Public, own, atOdds) };
    default:
      throw new UnusableContext([...problemsOf(Undecided.safeParse(own)), ...atOdds]);
  }
};

const NameAlone = z.object({ stackName: StackName.optional(), eventBusArn: z.unknown().optional() });

/**
 * The stack's name, of a context that is judged no further.
 * @throws UnusableContext
 */
export const readStackName = (context: Context): string => {
  const { stackName, eventBusArn } = parse(NameAlone, ownKeys(context));
  return stackName ?? (eventBusArn === undefined ? SERVICE_STACK : MEMBER_STACK);
};

const parse = <T extends z.ZodType>(
  schema: T,
  given: Context,
  atOdds: readonly string[] = [],
): z.infer<T> => {
  const parsed = schema.safeParse(given);
  if (parsed.success && atOdds.length === 0) return parsed.data;
  throw new UnusableContext([...problemsOf(parsed), ...atOdds]);
};

const problemsOf = ({ error }: z.ZodSafeParseResult<unknown>): readonly string[] =>
  (error?.issues ?? []).map(({ path, message }) => `${path.join('.') || 'context'}: ${message}`);
