/** Trouble on request: what the real service does to its callers, at will. */
import { AwsError } from './errors.ts';
import type { DescribedActivation, DescribedNode } from './foreign.ts';
import type { Lag } from './lag.ts';
import type { Operation } from './operation.ts';
import type { OperationName } from './operations.ts';
import type { MissingRole } from './roles.ts';

/** Read anew at each call, so a test can change it live. */
export interface Faults {
  /** Control-plane calls a second, all operations together; beyond it they are throttled. Agents' calls are not counted. */
  tps?: number | undefined;
  /** How that throttling is told, if not by ThrottlingException: the real service has more forms of it. */
  throttledAs?: 'Throttling' | 'TooManyUpdates' | 'TooManyRequestsWithoutBody' | undefined;
  /** Milliseconds before each answer. */
  latencyMs?: number | undefined;
  /**
   * How late reads show what was written: DescribeActivations, DescribeInstanceInformation and ListTagsForResource.
   * Writes and agents' calls are judged on what is true. What was written while there was never a lag shows at once.
   */
  lagMs?: Lag | undefined;
  /**
   * How long what was just made is answered as unknown: an activation to DeleteActivation; a node to
   * DeregisterManagedInstance, to UpdateManagedInstanceRole and to changes of its tags. Machines register all the while.
   */
  unknownForMs?: Lag | undefined;
  /** The share of pages, 0 to 1, that hold fewer records than were found, or none, and a NextToken even when no more follow. */
  sparsePages?: number | undefined;
  /** Nodes that DescribeInstanceInformation lists besides those that registered here; filters find them by what they show. */
  foreignNodes?: readonly DescribedNode[] | undefined;
  /** The same for DescribeActivations. */
  foreignActivations?: readonly DescribedActivation[] | undefined;
  /** Roles that CreateActivation and UpdateManagedInstanceRole refuse. */
  missingRoles?: readonly MissingRole[] | undefined;
  /** How many activations there may be; one more is refused by an error that the API's model does not have. */
  mostActivations?: number | undefined;
  /** The share of calls, 0 to 1, that answer InternalServerError, half of them after the operation took effect. */
  faultRate?: number | undefined;
  /** An error to answer with instead of performing the operation. */
  refuse?: ((operation: OperationName) => AwsError | undefined) | undefined;
  /** True to perform the operation and then cut the connection without an answer. */
  loseAnswer?: ((operation: OperationName) => boolean) | undefined;
}

/** A bucket of one second's worth of tokens, never less than one. */
function tokenBucket(clock: () => Date) {
  let tokens = Number.POSITIVE_INFINITY;
  let filledAt = 0;
  return (perSecond: number): boolean => {
    const now = clock().getTime();
    const refill = (Math.max(0, now - filledAt) / 1000) * perSecond;
    tokens = Math.min(tokens + refill, Math.max(1, perSecond));
    filledAt = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

export type Trouble = <T>(
  name: OperationName,
  plane: Operation['plane'],
  perform: () => Promise<T>,
) => Promise<T>;

/** Wraps the performing of an operation in the faults of the moment. `random` gives numbers in [0, 1). */
export function createTrouble(faults: Faults, clock: () => Date, random: () => number): Trouble {
  const takeToken = tokenBucket(clock);
  return async (name, plane, perform) => {
    const refusal = faults.refuse?.(name);
    if (refusal) throw refusal;
    if (plane === 'control' && faults.tps !== undefined && !takeToken(faults.tps))
      throw new AwsError(faults.throttledAs ?? 'ThrottlingException');
    const fails = random() < (faults.faultRate ?? 0);
    if (fails && random() < 0.5) throw new AwsError('InternalServerError');
    const output = await perform();
    if (fails) throw new AwsError('InternalServerError');
    return output;
  };
}
