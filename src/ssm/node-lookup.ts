import type { SSMClient } from '@aws-sdk/client-ssm';
import type { ActivationId } from '../activation/identifiers.ts';
import type { ManagedNode } from '../activation/managed-node.ts';
import type { Caller } from './call.ts';
import { describeNodesWith, MOST_VALUES } from './describe-nodes.ts';

export type NodeLookup = (
  activations: readonly ActivationId[],
  deadline: Date,
) => Promise<readonly ManagedNode[]>;

interface Batch {
  readonly ids: Set<ActivationId>;
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

  return async (activations, deadline) => {
    if (!waiting || waiting.ids.size + activations.length > MOST_VALUES) {
      const ids = new Set(activations);
      waiting = { ids, answer: ask(ids, deadline) };
    }
    const batch = waiting;
    for (const id of activations) batch.ids.add(id);
    const nodes = await batch.answer;
    return nodes.filter(({ activationId }) => activations.includes(activationId));
  };
};
