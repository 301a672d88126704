import type { DescribedActivation, SystemsManager } from './ports.ts';
import type { NameRecord } from './record.ts';

/** What Systems Manager has under the name of a record with stray attempts. Without any it is not asked. */
export const straysOf = async (
  systemsManager: SystemsManager,
  { name, strayAttempts }: NameRecord,
): Promise<readonly DescribedActivation[]> =>
  strayAttempts.length === 0 ? [] : systemsManager.activationsNamed([name]);

/**
 * Deletes the activations that attempts left behind. The one that is out may come of the same attempt:
 * t1 CreateActivation makes A but its answer is lost, t2 the call is made again and makes B, t3 B is handed out.
 */
export const deleteStrays = async (
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
