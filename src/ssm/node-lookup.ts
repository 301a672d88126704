import type { SSMClient } from '@aws-sdk/client-ssm';
import type { ActivationId } from '../activation/identifiers.ts';
import type { ManagedNode } from '../activation/managed-node.ts';
import type { Caller } from './call.ts';
import { describeNodesWith, MOST_VALUES } from './describe-nodes.ts';

const NEAR_MS = 5_000;

export type NodeLookup = (
  activations: readonly ActivationId[],
  deadline: Date,
) => Promise<readonly ManagedNode[]>;

interface Batch {
  readonly ids: Set<ActivationId>;
  readonly deadline: Date;
  readonly answer: Promise<readonly ManagedNode[]>;
}

/**
 * Looks nodes up by the activations they registered with. Whoever asks while an earlier question waits for its turn
 * joins it, so that a boot storm costs a call for every fifty machines and not one a machine.
 */
export const createNodeLookup = (client: SSMClient, caller: Caller): NodeLookup => {
  let waiting: Batch | undefined;

  const ask = async (ids: Set<ActivationId>, deadline: Date): Promise<readonly ManagedNode[]> => {
    const close = () => {
      if (waiting?.ids === ids) waiting = undefined;
    };
    try {
      return await describeNodesWith(client, caller, deadline, 'ActivationIds', () => {
        close();
        return [...ids];
      });
    } finally {
      close();
    }
  };

  const open = (activations: readonly ActivationId[], deadline: Date): Batch => {
    const ids = new Set(activations);
    waiting = { ids, deadline, answer: ask(ids, deadline) };
    return waiting;
  };

  return async (activations, deadline) => {
    const batch =
      waiting && mayJoin(waiting, activations.length, deadline) ? waiting : open(activations, deadline);
    for (const id of activations) batch.ids.add(id);
    const nodes = await batch.answer;
    return nodes.filter(({ activationId }) => activations.includes(activationId));
  };
};

/** Who joins a question lives by its deadline, so it must be about one's own. */
const mayJoin = ({ ids, deadline }: Batch, more: number, mine: Date): boolean =>
  ids.size + more <= MOST_VALUES && Math.abs(deadline.getTime() - mine.getTime()) <= NEAR_MS;
