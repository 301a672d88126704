import {
  ListTagsForResourceCommand,
  paginateDescribeInstanceInformation,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { expect, onTestFinished, test } from 'vitest';
import { startHousekeeping } from '../../src/housekeeping.ts';
import { LOCAL_POLICY } from '../../src/policy/local-policy.ts';
import { REGION, realClock, startService } from '../service.ts';
import { boot } from './booting-machine.ts';
import { unfinished } from './unfinished.ts';

const MACHINES = Number(process.env['BOOT_STORM_MACHINES'] ?? 100);
const TPS = 50;

const CONTROL_PLANE = new Set([
  'CreateActivation',
  'DeleteActivation',
  'DescribeActivations',
  'DescribeInstanceInformation',
  'AddTagsToResource',
  'DeregisterManagedInstance',
]);

test(`${MACHINES} machines boot at once against a slow, faulty SSM of ${TPS} calls a second: each is registered and tagged once`, {
  timeout: 60_000 + MACHINES * 200,
}, async () => {
  const service = await startService({}, LOCAL_POLICY, { clock: realClock(), ssmPerSecond: TPS });
  Object.assign(service.faults, { tps: TPS, latencyMs: 100, faultRate: 0.05 });
  const { ports } = service;
  const housekeeping = startHousekeeping(service.context, 1_000, () => {});
  onTestFinished(() => housekeeping.stop());
  const api = await service.app.listen({ host: '127.0.0.1', port: 0 });
  const names = Array.from({ length: MACHINES }, (_, index) => `m-${index}`);

  const nodes = await Promise.all(
    names.map((name) =>
      boot({ name, tags: `Name=${name}`, api: () => api, aws: () => service.aws.url, region: REGION }),
    ),
  );
  await expect.poll(() => unfinished(ports.ledger), { timeout: 60_000, interval: 250 }).toEqual([]);

  const calls = service.calls.filter(({ operation }) => CONTROL_PLANE.has(operation)).length;
  const fewest = MACHINES + Math.ceil(MACHINES / 50);
  service.faults.faultRate = 0;
  service.faults.tps = undefined;
  service.faults.latencyMs = 0;
  const described = await allNodes(service.ssm);
  expect(described.map(({ Name }) => Name).sort()).toEqual([...names].sort());
  for (const { InstanceId, Name } of described) {
    expect(nodes).toContain(InstanceId);
    const { TagList } = await service.ssm.send(
      new ListTagsForResourceCommand({ ResourceType: 'ManagedInstance', ResourceId: InstanceId }),
    );
    expect(TagList).toEqual([{ Key: 'Name', Value: Name }]);
  }
  console.info(`${calls} calls for ${MACHINES} machines, ${(calls / fewest).toFixed(3)} times the fewest`);
  // Faults strike at random: over a few machines their share swings, over a thousand it does not.
  expect(calls / fewest).toBeLessThan(MACHINES >= 1_000 ? 1.3 : 1.8);
});

const allNodes = async (client: SSMClient) => {
  const nodes = [];
  for await (const page of paginateDescribeInstanceInformation({ client, pageSize: 50 }, {})) {
    nodes.push(...(page.InstanceInformationList ?? []));
  }
  return nodes;
};
