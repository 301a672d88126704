/** An error as data that a line of a log can hold, with what caused it. */
export interface DescribedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  /** The system's or a library's own code, such as ECONNREFUSED. */
  readonly code?: string | undefined;
  readonly cause?: DescribedError | undefined;
  /** What an AggregateError holds. */
  readonly errors?: readonly DescribedError[] | undefined;
}

/** A line of a log has a limit, and errors can cause each other in a circle. */
const MOST_DEEP = 8;
const MOST_BESIDE = 20;

/**
 * Only these members are taken: an SDK's error also carries the request and the answer, in which there are secrets.
 */
export const describeError = (thrown: unknown): DescribedError => describe(thrown, MOST_DEEP);

const describe = (thrown: unknown, depth: number): DescribedError => {
  if (!(thrown instanceof Error)) return { name: typeof thrown, message: textOf(thrown) };
  const { name, message, stack, cause } = thrown;
  const described = {
    name,
    message,
    stack,
    code: 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined,
  };
  if (depth === 0) return described;
  const held = thrown instanceof AggregateError ? thrown.errors.slice(0, MOST_BESIDE) : undefined;
  return {
    ...described,
    cause: cause === undefined ? undefined : describe(cause, depth - 1),
    errors: held?.map((error: unknown) => describe(error, depth - 1)),
  };
};

const textOf = (thrown: unknown): string => {
  try {
    return String(thrown);
  } catch {
    return 'something that has no text';
  }
};

/**
 * An error's message and those of its causes in one line: that a database does not open says less than what holds its
 * lock, and that nothing listens at a host with two addresses stands in an AggregateError without a message.
 */
export const reasonOf = (thrown: unknown): string => reasonIn(describeError(thrown));

const reasonIn = ({ name, message, cause, errors = [] }: DescribedError): string => {
  const beside = [...new Set(errors.map(reasonIn))].join('; ');
  const parts = [message, beside, cause ? reasonIn(cause) : ''].filter((part) => part !== '');
  return parts.length > 0 ? parts.join(': ') : name;
};
