import { giveUp } from './give-up.ts';
import { InstanceName } from './instance-name.ts';
import type { ManagedNode } from './managed-node.ts';
import type { Ports } from './ports.ts';
import type { Principal } from './principal.ts';
import type { NameRecord } from './record.ts';

const SWEEP = { kind: 'sweep' } as const;

export interface TerminatedInstance {
  /** As EventBridge names the sender of the event; it says for which account's instances it may speak. */
  readonly accountId: string;
  readonly instanceId: string;
}

/** An EC2 instance was terminated: the node of its name is deregistered and the name is free. */
export const instanceTerminated = async (
  ports: Ports,
  { accountId, instanceId }: TerminatedInstance,
): Promise<void> => {
  const subject = `${accountId}/${instanceId}`;
  const why = { actor: SWEEP, detail: `${instanceId} was terminated.` };
  await giveUp(
    ports,
    InstanceName.parse(instanceId),
    ({ node, activation, superseded }) => {
      const isInstance = ({ principal }: { readonly principal: Principal }) =>
        principal.proof === 'instance-identity' && principal.subject === subject;
      const holder = node ?? activation;
      return holder ? isInstance(holder) : superseded.some(isInstance);
    },
    why,
  );
};

/**
 * Deregisters the nodes of this service that have been silent for longer than so many milliseconds; tells how many.
 * The listing may be minutes old when its last node's turn comes, so each is asked about again. A name whose next machine
 * is on its way in is left alone: its node will be replaced, and that machine must not be disowned.
 */
export const removeSilentNodes = async (ports: Ports, silentForMs: number): Promise<number> => {
  const oldest = ports.clock().getTime() - silentForMs;
  const isSilent = ({ pingStatus, lastPingAt }: ManagedNode) =>
    pingStatus !== 'Online' && lastPingAt !== undefined && lastPingAt.getTime() < oldest;
  const why = { actor: SWEEP, detail: 'Its node was silent for longer than policy allows.' };
  const systemsManager = ports.systemsManager();
  let removed = 0;
  for (const listed of (await systemsManager.silentNodes()).filter(isSilent)) {
    const name = await ports.ledger.nameOf(listed.id);
    if (name === undefined) continue;
    const [node] = await systemsManager.nodesOf([listed.activationId]);
    if (node?.id !== listed.id || !isSilent(node)) continue;
    const applies = (record: NameRecord) => record.node?.id === node.id && !isAnotherOnItsWay(record);
    if (await giveUp(ports, name, applies, why)) removed += 1;
  }
  return removed;
};

const isAnotherOnItsWay = ({ attempt, activation, superseded, newcomer, node }: NameRecord): boolean =>
  attempt !== undefined ||
  activation !== undefined ||
  newcomer !== undefined ||
  superseded.some(({ id, standing }) => standing !== 'decided' && id !== node?.activationId);
