import { giveUp } from './give-up.ts';
import { InstanceName } from './instance-name.ts';
import type { Ports } from './ports.ts';

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
  deadline: Date,
): Promise<void> => {
  const subject = `${accountId}/${instanceId}`;
  const why = { actor: SWEEP, detail: `${instanceId} was terminated.` };
  await giveUp(
    ports,
    InstanceName.parse(instanceId),
    deadline,
    ({ node, activation }) => {
      const principal = (node ?? activation)?.principal;
      return principal?.proof === 'instance-identity' && principal.subject === subject;
    },
    why,
  );
};

/** Deregisters the nodes of this service that have been silent for longer than so many milliseconds; tells how many. */
export const removeSilentNodes = async (
  ports: Ports,
  silentForMs: number,
  deadline: Date,
): Promise<number> => {
  const oldest = ports.clock().getTime() - silentForMs;
  const why = { actor: SWEEP, detail: 'Its node was silent for longer than policy allows.' };
  let removed = 0;
  for (const { id, lastPingAt } of await ports.systemsManager(deadline).silentNodes()) {
    if (lastPingAt === undefined || lastPingAt.getTime() >= oldest) continue;
    const name = await ports.ledger.nameOf(id);
    if (name === undefined) continue;
    if (await giveUp(ports, name, deadline, ({ node }) => node?.id === id, why)) removed += 1;
  }
  return removed;
};
