import { lapse } from './age.ts';
import { bringUpToDate, type Findings } from './bring-up-to-date.ts';
import { isTemporary, SystemsManagerRefused, type TemporaryError } from './errors.ts';
import type { InstanceName } from './instance-name.ts';
import { watchedActivations } from './link.ts';
import type { Ports, SystemsManager } from './ports.ts';
import { readNodes } from './reading.ts';
import type { NameRecord } from './record.ts';

/** How many names one round of lookups covers. */
const BATCH = 100;
/** How many rounds are made at once: in a storm each waits for its turn in the queue of calls. */
const AT_ONCE = 10;
/** How many names one sweep takes on; the rest waits for the next. */
const MOST_NAMES = 2_000;

export interface SweepResult {
  readonly looked: number;
  /** False when something stopped it; what is left stays due. */
  readonly complete: boolean;
  /** What stopped it: Systems Manager or the ledger, its deadline, or more names than one sweep takes on. */
  readonly interruptedBy?: Error | undefined;
}

/**
 * Brings every name of which something is due up to date: links nodes, applies tags, deletes superseded and stray
 * activations, deregisters replaced nodes. It looks at unfinished names only, and asks SSM about many in one call.
 */
export const sweep = async (ports: Ports): Promise<SweepResult> => {
  const systemsManager = ports.systemsManager();
  const unexpected: unknown[] = [];
  let looked = 0;
  let interruptedBy: Error | undefined;
  let names: readonly InstanceName[];
  try {
    names = await ports.ledger.due(ports.clock(), MOST_NAMES);
  } catch (error) {
    if (!isOfAllNames(error)) throw error;
    return { looked, complete: false, interruptedBy: error };
  }
  while (looked < names.length && !interruptedBy && ports.deadline.leftMs() > 0) {
    const batches = batchesOf(names.slice(looked, looked + BATCH * AT_ONCE));
    const errors = (
      await Promise.all(batches.map((batch) => sweepNames(ports, systemsManager, batch)))
    ).flat();
    interruptedBy = errors.find(isOfAllNames);
    unexpected.push(...errors.filter((error) => !isOfAllNames(error)));
    looked += batches.flat().length;
  }
  // One name that Systems Manager refuses must not keep the others waiting: what is wrong with it is told at the end.
  if (unexpected.length > 0)
    throw new AggregateError(unexpected, `${unexpected.length} names could not be swept`, {
      cause: interruptedBy,
    });
  if (looked < names.length)
    interruptedBy ??= new Error(`the deadline, after ${looked} of ${names.length} names`);
  if (looked === MOST_NAMES)
    interruptedBy ??= new Error(`the most names that one sweep takes on, ${MOST_NAMES}`);
  return { looked, complete: interruptedBy === undefined, interruptedBy };
};

/** What keeps all names waiting; a refusal may be of one name's node alone. */
const isOfAllNames = (error: unknown): error is TemporaryError =>
  isTemporary(error) && !(error instanceof SystemsManagerRefused);

const batchesOf = (names: readonly InstanceName[]): InstanceName[][] =>
  Array.from({ length: Math.ceil(names.length / BATCH) }, (_, index) =>
    names.slice(index * BATCH, (index + 1) * BATCH),
  );

/** The errors that names met. */
const sweepNames = async (
  ports: Ports,
  systemsManager: SystemsManager,
  names: readonly InstanceName[],
): Promise<readonly unknown[]> => {
  try {
    const read = await Promise.all(names.map((name) => ports.ledger.read(name)));
    const now = ports.clock();
    // The index lags: a name may have been brought up to date since.
    const records = read.flatMap((record) => (record?.dueAt && record.dueAt <= now ? [record] : []));
    const lapsed = records.map((record) => lapse(record, now));
    const findings = await lookUp(ports, systemsManager, lapsed);
    const outcomes = await Promise.allSettled(
      records.map((record) => bringUpToDate(ports, systemsManager, record, findings)),
    );
    return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  } catch (error) {
    return [error];
  }
};

const lookUp = async (
  ports: Ports,
  systemsManager: SystemsManager,
  records: readonly NameRecord[],
): Promise<Findings> => {
  const strayed = records.filter(({ strayAttempts }) => strayAttempts.length > 0).map(({ name }) => name);
  const [reading, activations] = await Promise.all([
    readNodes(ports, systemsManager, records.flatMap(watchedActivations)),
    strayed.length === 0 ? [] : systemsManager.activationsNamed(strayed),
  ]);
  return { reading, activations, complete: true };
};
