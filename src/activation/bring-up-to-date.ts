import { expire, lapse } from './age.ts';
import { change } from './change.ts';
import { link } from './link.ts';
import { doOutstandingWork, settle } from './outstanding-work.ts';
import type { DescribedActivation, Ports, SystemsManager } from './ports.ts';
import type { Reading } from './reading.ts';
import type { NameRecord } from './record.ts';
import { whatHappened } from './what-happened.ts';

/** What Systems Manager said of a batch of names. */
export interface Findings {
  readonly reading: Reading;
  readonly activations: readonly DescribedActivation[];
  /** Whether SSM was asked about everything that the names are watched for; only then may they forget any of it. */
  readonly complete: boolean;
}

/**
 * Links a name's node, does all that is outstanding for the name, and writes down what happened.
 * @throws SystemsManagerUnavailable when not all could be done; what is left stays due
 */
export const bringUpToDate = async (
  ports: Ports,
  systemsManager: SystemsManager,
  before: NameRecord,
  { reading, activations, complete }: Findings,
): Promise<void> => {
  const linking = (record: NameRecord) => {
    const now = ports.clock();
    return link(lapse(record, now), reading, now);
  };
  const linked = await change(ports, before.name, linking, whatHappened(ports), { record: before });
  await deleteStrays(systemsManager, linked, activations);
  const done = await doOutstandingWork(ports, linked, systemsManager);
  const settling = (record: NameRecord) => {
    const now = ports.clock();
    const settled = settle(record, done, now);
    return complete ? expire(settled, reading, now) : settled;
  };
  await change(ports, before.name, settling, whatHappened(ports, done), { record: linked });
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
