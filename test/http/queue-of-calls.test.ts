import { expect, test } from 'vitest';
import type { Task } from '../../src/activation/deadline.ts';
import { InstanceName } from '../../src/activation/instance-name.ts';
import { createPace } from '../../src/ssm/pace.ts';
import { createSystemsManager } from '../../src/ssm/systems-manager.ts';
import type { TestService } from '../service.ts';
import { problemIn, startApi, timesCalled } from './api.ts';

/** Systems Manager that admits a call in so many seconds, with a queue in which nobody really waits. */
const admittingOneIn =
  (seconds: number) =>
  ({ ssm: client, clock: { now } }: TestService) => {
    const sleep = async () => {};
    const pace = createPace(1 / seconds, now, sleep);
    const caller = { pace, clock: now, sleep, random: () => 0.5, onFailedCall: () => {} };
    const systemsManagerFor = createSystemsManager({ client, caller, nodeRole: 'ssm-node' });
    return (task: Task) => ({
      systemsManager: () => systemsManagerFor({ ...task, deadline: task.deadline.earlierBy(2_000) }),
    });
  };

const activate = (api: Awaited<ReturnType<typeof startApi>>, name: string) =>
  api.http.get(`/activate?name=${name}`);

test('who finds no place in the queue is told when half of it is worked off, and costs neither SSM nor the ledger a call', async () => {
  const api = await startApi({ ports: admittingOneIn(10), random: () => 0 });
  await activate(api, 'web-1').expect(200);
  await activate(api, 'web-2').expect(200);

  const response = await activate(api, 'web-3');

  problemIn(response, 503, 'SystemsManagerUnavailable');
  // The time that the requests take counts too.
  expect(response.headers['retry-after']).toMatch(/^1[12]$/);
  expect(timesCalled(api, 'CreateActivation')).toBe(2);
  expect(await api.ports.ledger.read(InstanceName.parse('web-3'))).toBeUndefined();
});

test('a place is not given when the call would hardly be answered before the deadline', async () => {
  const api = await startApi({ ports: admittingOneIn(19) });
  await activate(api, 'web-1').expect(200);

  const response = await activate(api, 'web-2');

  problemIn(response, 503, 'SystemsManagerUnavailable');
});
