import { change } from './change.ts';
import { scheduled } from './due.ts';
import type { ActivationEvent } from './events.ts';
import type { InstanceName } from './instance-name.ts';
import { hopeful } from './judge.ts';
import { doOutstandingWork, settle } from './outstanding-work.ts';
import type { Ports } from './ports.ts';
import type { NameRecord, SupersededActivation } from './record.ts';
import { abandonAttempt, supersede } from './supersede.ts';

export interface Removal {
  readonly record: NameRecord;
  /** False while Systems Manager has not yet confirmed; the sweep goes on. */
  readonly complete: boolean;
}

/**
 * Frees a name: its node is deregistered and its activation deleted.
 * `applies` is asked of the very state that is replaced; when it says no, nothing happens and the answer is undefined.
 */
export const giveUp = async (
  ports: Ports,
  name: InstanceName,
  applies: (record: NameRecord, isNew: boolean) => boolean,
  why: Pick<ActivationEvent, 'actor' | 'detail' | 'requestId'>,
): Promise<Removal | undefined> => {
  const event = { ...why, kind: 'NodeRemoved', id: ports.newId(), at: ports.clock(), name } as const;
  let applied = false;
  const freeing = (record: NameRecord, isNew: boolean) => {
    const now = ports.clock();
    applied = applies(record, isNew);
    return applied && isHeld(record) ? scheduled(freed(record, now), now) : record;
  };
  const freedRecord = await change(ports, name, freeing, ({ node }) =>
    applied ? [{ ...event, nodeId: node?.id }] : [],
  );
  if (!applied) return undefined;
  const done = await doOutstandingWork(ports, freedRecord, ports.systemsManager());
  const record = await change(ports, name, (current) => settle(current, done, ports.clock()));
  return { record, complete: done.interrupted === undefined };
};

/** t1 two activations are superseded, t2 a node of one waits to be judged, t3 an operator removes the name: it must not be linked. */
const isHeld = (record: NameRecord): boolean =>
  record.node !== undefined || record.attempt !== undefined || hopeful(record).length > 0;

/** An attempt under way is abandoned too: the caller who waits for it must not get in after the removal. */
const freed = (record: NameRecord, now: Date): NameRecord => {
  const { superseded, ...rest } = supersede(abandonAttempt(record, now), now);
  const disown = (one: SupersededActivation): SupersededActivation =>
    one.standing === 'decided' ? one : { ...one, standing: 'disowned' };
  const { node } = record;
  return {
    ...rest,
    superseded: superseded.map((one) =>
      one.id === node?.activationId ? { ...one, standing: 'decided' } : disown(one),
    ),
    node: undefined,
    newcomer: undefined,
    released: false,
    followUps: undefined,
    ended: node ? 'deregistered' : 'revoked',
    replacedNodes: node
      ? [...record.replacedNodes, { id: node.id, registeredAt: node.registeredAt }]
      : record.replacedNodes,
  };
};
