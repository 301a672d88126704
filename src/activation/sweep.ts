import { expire, lapse } from './age.ts';
import { change } from './change.ts';
import { isTemporary } from './errors.ts';
import type { ActivationId } from './identifiers.ts';
import type { InstanceName } from './instance-name.ts';
import { link, watchedActivations } from './link.ts';
import type { ManagedNode } from './managed-node.ts';
import { doOutstandingWork, settle } from './outstanding-work.ts';
import type { DescribedActivation, Ports, SystemsManager } from './ports.ts';
import type { NameRecord } from './record.ts';
import { whatHappened } from './what-happened.ts';

/** How many names one round of lookups covers. */
const BATCH = 100;
/** How many names one sweep takes on; the rest waits for the next. */
const MOST_NAMES = 2_000;

export interface SweepResult {
  readonly looked: number;
  /** False when Systems Manager or the ledger stopped it; what is left stays due. */
  readonly complete: boolean;
}

/** What Systems Manager says of a batch of names. */
interface Findings {
  readonly nodes: ReadonlyMap<ActivationId, readonly ManagedNode[]>;
  readonly activations: readonly DescribedActivation[];
}

/**
 * Brings every name of which something is due up to date: links nodes, applies tags, deletes superseded and stray
 * activations, deregisters replaced nodes. It looks at unfinished names only, and asks SSM about many in one call.
 */
export const sweep = async (ports: Ports, deadline: Date): Promise<SweepResult> => {
  const systemsManager = ports.systemsManager(deadline);
  let looked = 0;
  try {
    const names = await ports.ledger.due(ports.clock(), MOST_NAMES);
    for (let start = 0; start < names.length && ports.clock() < deadline; start += BATCH) {
      const batch = names.slice(start, start + BATCH);
      await sweepNames(ports, systemsManager, batch);
      looked += batch.length;
    }
    return { looked, complete: looked === names.length && looked < MOST_NAMES };
  } catch (error) {
    if (!isTemporary(error)) throw error;
    return { looked, complete: false };
  }
};

const sweepNames = async (
  ports: Ports,
  systemsManager: SystemsManager,
  names: readonly InstanceName[],
): Promise<void> => {
  const read = await Promise.all(names.map((name) => ports.ledger.read(name)));
  const now = ports.clock();
  // The index lags: a name may have been brought up to date since.
  const records = read.flatMap((record) => (record?.dueAt && record.dueAt <= now ? [record] : []));
  const findings = await lookUp(
    systemsManager,
    records.map((record) => lapse(record, now)),
  );
  const outcomes = await Promise.allSettled(
    records.map((record) => sweepName(ports, systemsManager, record, findings)),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
};

const lookUp = async (systemsManager: SystemsManager, records: readonly NameRecord[]): Promise<Findings> => {
  const watched = records.flatMap(watchedActivations);
  const strayed = records.filter(({ strayAttempts }) => strayAttempts.length > 0).map(({ name }) => name);
  const [nodes, activations] = await Promise.all([
    watched.length === 0 ? [] : systemsManager.nodesOf(watched),
    strayed.length === 0 ? [] : systemsManager.activationsNamed(strayed),
  ]);
  return { nodes: Map.groupBy(nodes, ({ activationId }) => activationId), activations };
};

const sweepName = async (
  ports: Ports,
  systemsManager: SystemsManager,
  before: NameRecord,
  { nodes, activations }: Findings,
): Promise<void> => {
  const found = watchedActivations(before).flatMap((id) => nodes.get(id) ?? []);
  const linked = await change(ports, before.name, (record) => {
    const now = ports.clock();
    return link(lapse(record, now), found, now);
  });
  await deleteStrays(systemsManager, linked, activations);
  const done = await doOutstandingWork(linked, systemsManager);
  const after = await change(ports, before.name, (record) => {
    const now = ports.clock();
    return expire(settle(record, done, now), now);
  });
  for (const happened of whatHappened(before, after, done)) {
    const actor = { kind: 'sweep' } as const;
    await ports.events.append({
      ...happened,
      id: ports.newId(),
      at: ports.clock(),
      name: before.name,
      actor,
    });
  }
  if (done.interrupted) throw done.interrupted;
};

/**
 * Deletes the activations that attempts left behind. The one that is out may come of the same attempt:
 * t1 CreateActivation makes A but its answer is lost, t2 the call is made again and makes B, t3 B is handed out.
 */
const deleteStrays = async (
  systemsManager: SystemsManager,
  record: NameRecord,
  described: readonly DescribedActivation[],
): Promise<void> => {
  const attempts = new Set(record.strayAttempts.map(({ id }) => id));
  for (const { id, attemptId } of described) {
    const isStray = attemptId !== undefined && attempts.has(attemptId) && id !== record.activation?.id;
    if (isStray) await systemsManager.deleteActivation(id);
  }
};
