import { lapse } from './age.ts';
import { bringUpToDate, type Findings, nodesByActivation } from './bring-up-to-date.ts';
import { isTemporary } from './errors.ts';
import type { InstanceName } from './instance-name.ts';
import { watchedActivations } from './link.ts';
import type { Ports, SystemsManager } from './ports.ts';
import type { NameRecord } from './record.ts';

/** How many names one round of lookups covers. */
const BATCH = 100;
/** How many names one sweep takes on; the rest waits for the next. */
const MOST_NAMES = 2_000;

export interface SweepResult {
  readonly looked: number;
  /** False when Systems Manager or the ledger stopped it; what is left stays due. */
  readonly complete: boolean;
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
    records.map((record) => bringUpToDate(ports, systemsManager, record, findings)),
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
  return { nodes: nodesByActivation(nodes), activations, complete: true };
};
