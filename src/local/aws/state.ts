/** Everything the embedded AWS knows, loaded from the journal at start. */
import { randomBytes } from 'node:crypto';
import { Collection, type Witness } from './collection.ts';
import type { Journal } from './journal.ts';
import type { Activation, ManagedNode } from './records.ts';

export interface State {
  /** Grouped by default instance name. */
  readonly activations: Collection<Activation>;
  /** Grouped by activation id. */
  readonly nodes: Collection<ManagedNode>;
  /** Seals page tokens and the credentials issued to nodes, so that neither needs to be remembered. */
  readonly sealingKey: Buffer;
}

const activationPrefix = 'activation/';
const nodePrefix = 'node/';
const sealingKeyName = 'sealing-key';

interface Witnesses {
  readonly activations?: Witness<Activation>;
  readonly nodes?: Witness<ManagedNode>;
}

export async function loadState(journal: Journal, witnesses: Witnesses = {}): Promise<State> {
  const activations: Activation[] = [];
  const nodes: ManagedNode[] = [];
  let sealingKey: Buffer | undefined;
  for (const [key, value] of await journal.entries()) {
    // The journal is this program's own: what it holds was written by the lines below and by Collection.
    if (key.startsWith(activationPrefix)) activations.push(JSON.parse(value));
    else if (key.startsWith(nodePrefix)) nodes.push(JSON.parse(value));
    else if (key === sealingKeyName) sealingKey = Buffer.from(value, 'hex');
  }
  if (!sealingKey) {
    sealingKey = randomBytes(32);
    await journal.write(sealingKeyName, sealingKey.toString('hex'));
  }
  return {
    activations: new Collection(
      journal,
      activationPrefix,
      (activation) => activation.defaultInstanceName,
      activations,
      witnesses.activations,
    ),
    nodes: new Collection(journal, nodePrefix, (node) => node.activationId, nodes, witnesses.nodes),
    sealingKey,
  };
}
