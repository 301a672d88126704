import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Deadline, Task } from '../activation/deadline.ts';
import type { ActivationId } from '../activation/identifiers.ts';
import type { ManagedNode } from '../activation/managed-node.ts';
import { tryWithin } from '../aws/try-within.ts';
import { type Caller, unavailable } from './call.ts';
import { describeNodesWith, MOST_VALUES } from './describe-nodes.ts';

const NEAR_MS = 5_000;

export type NodeLookup = (
  activations: readonly ActivationId[],
  task: Task,
) => Promise<readonly ManagedNode[]>;

interface Batch {
  readonly ids: Set<ActivationId>;
  readonly deadline: Deadline;
  readonly answer: Promise<readonly ManagedNode[]>;
}

/**
 * Looks nodes up by the activations they registered with. Whoever asks while an earlier question waits for its turn
 * joins it, so that a boot storm costs a call for every fifty machines and not one a machine.
 */
export const createNodeLookup = (client: SSMClient, caller: Caller): NodeLookup => {
  let waiting: Batch | undefined;

  const ask = async (ids: Set<ActivationId>, task: Task): Promise<readonly ManagedNode[]> => {
    const close = () => {
      if (waiting?.ids === ids) waiting = undefined;
    };
    try {
      return await describeNodesWith(client, caller, task, 'ActivationIds', () => {
        close();
        return [...ids];
      });
    } finally {
      close();
    }
  };

  const open = (activations: readonly ActivationId[], { deadline, ...task }: Task): Batch => {
    const ids = new Set(activations);
    // Others wait for the answer when the caller that asked first has gone.
    const uncut = deadline.uncut();
    waiting = { ids, deadline: uncut, answer: ask(ids, { ...task, deadline: uncut }) };
    return waiting;
  };

  return async (activations, task) => {
    const { deadline } = task;
    const batch =
      waiting && mayJoin(waiting, activations.length, deadline) ? waiting : open(activations, task);
    for (const id of activations) batch.ids.add(id);
    const nodes = await unlessLate(deadline, batch.answer);
    return nodes.filter(({ activationId }) => activations.includes(activationId));
  };
};

/** A caller that joins a batch inherits its deadline, so the two must be close. */
const mayJoin = ({ ids, deadline }: Batch, more: number, mine: Deadline): boolean =>
  ids.size + more <= MOST_VALUES && Math.abs(deadline.leftMs() - mine.leftMs()) <= NEAR_MS;

const RETURN_SECONDS = 2;

const unlessLate = async <T>({ cut, leftMs }: Deadline, answer: Promise<T>): Promise<T> => {
  try {
    return await tryWithin(leftMs(), cut, () => answer);
  } catch (error) {
    throw error instanceof DOMException ? unavailable(error, RETURN_SECONDS, false) : error;
  }
};
