import type { Task } from '../../src/activation/deadline.ts';
import { createPace } from '../../src/ssm/pace.ts';
import { createSystemsManager } from '../../src/ssm/systems-manager.ts';
import type { TestService } from '../service.ts';

/** Systems Manager whose waits pass on the test's clock and not on the wall's. */
export const patientSystemsManager = ({ ssm: client, clock: { now, advance } }: TestService) => {
  const sleep = async (milliseconds: number) => advance(milliseconds);
  const caller = {
    pace: createPace(undefined, now, sleep),
    clock: now,
    sleep,
    random: () => 0.5,
    onFailedCall: () => {},
  };
  const systemsManagerFor = createSystemsManager({ client, caller, nodeRole: 'ssm-node' });
  return (task: Task) => ({
    systemsManager: (withinMs = 20_000) =>
      systemsManagerFor({ ...task, deadline: task.deadline.earlierBy(2_000).within(withinMs) }),
  });
};

/** By the clock of the test. */
export const secondsSince = ({ clock }: Pick<TestService, 'clock'>, start: Date): number =>
  (clock.now().getTime() - start.getTime()) / 1000;
