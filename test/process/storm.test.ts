import { DescribeActivationsCommand, paginateDescribeActivations } from '@aws-sdk/client-ssm';
import { expect, test, vi } from 'vitest';
import { type ServerProcess, startServer, temporaryDirectory } from './server-process.ts';

const MACHINES = Number(process.env['STORM_MACHINES'] ?? 500);

const liveActivations = async ({ ssm: client }: ServerProcess) => {
  const all = [];
  for await (const page of paginateDescribeActivations({ client, pageSize: 50 }, {})) {
    all.push(...(page.ActivationList ?? []));
  }
  return all;
};

test('as many machines at once as one likes each get an activation of their own for one use', async () => {
  const server = await startServer(await temporaryDirectory());
  const names = Array.from({ length: MACHINES }, (_, index) => `host-${index}`);

  const answers = await Promise.all(names.map((name) => server.call(`/activate?name=${name}&tags=Role=web`)));

  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  expect(new Set(answers.map(({ body }) => body['ActivationCode'])).size).toBe(MACHINES);
  const live = await liveActivations(server);
  expect(live.map(({ DefaultInstanceName }) => DefaultInstanceName).sort()).toEqual(names.toSorted());
  expect(live.every(({ RegistrationLimit, Expired }) => RegistrationLimit === 1 && !Expired)).toBe(true);
});

test('fifty calls at once for one name leave it exactly one activation, and it was answered to someone', async () => {
  const server = await startServer(await temporaryDirectory());

  const answers = await Promise.all(Array.from({ length: 50 }, () => server.call('/activate?name=web-1')));

  const minted = answers.filter(({ status }) => status === 200).map(({ body }) => body['ActivationId']);
  const refused = answers.filter(({ status }) => status !== 200).map(({ body }) => body['code']);
  expect(new Set(refused)).toEqual(new Set(refused.length > 0 ? ['ActivationInProgress'] : []));
  await vi.waitFor(
    async () => {
      const Filters = [{ FilterKey: 'DefaultInstanceName' as const, FilterValues: ['web-1'] }];
      const { ActivationList = [] } = await server.ssm.send(new DescribeActivationsCommand({ Filters }));
      expect(ActivationList).toHaveLength(1);
      expect(minted).toContain(ActivationList[0]?.ActivationId);
    },
    { timeout: 10_000, interval: 200 },
  );
});
