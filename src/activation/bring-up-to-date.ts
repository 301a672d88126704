import { expire, lapse } from './age.ts';
import { change } from './change.ts';
import { expectUnderWay, setLateAgain } from './late-tags.ts';
import { link } from './link.ts';
import { doOutstandingWork, settle } from './outstanding-work.ts';
import type { DescribedActivation, Ports, SystemsManager } from './ports.ts';
import type { Reading } from './reading.ts';
import type { NameRecord } from './record.ts';
import { deleteStrays } from './stray-activations.ts';
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
    return link(setLateAgain(expectUnderWay(lapse(record, now), now), now), reading, now);
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
