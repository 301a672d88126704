import { setTimeout as sleep } from 'node:timers/promises';
import { paginateDescribeInstanceInformation } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { type ServerProcess, startServer, temporaryDirectory } from '../process/server-process.ts';
import { REGION } from '../service.ts';
import { boot } from './booting-machine.ts';

const MACHINES = Number(process.env['KILLED_STORM_MACHINES'] ?? 60);
const TPS = '50';

const Nodes = z.object({
  Nodes: z.array(
    z.object({
      Name: z.string(),
      InstanceId: z.string(),
      PingStatus: z.string(),
      Tags: z.object({ Role: z.string() }),
    }),
  ),
  NextCursor: z.string().optional(),
});
const Described = z.object({ InstanceId: z.string(), Name: z.string() });

test(`a server killed in the middle of a storm of ${MACHINES} machines lets every one of them in once`, {
  timeout: 120_000 + MACHINES * 200,
}, async () => {
  const directory = await temporaryDirectory();
  const environment = {
    AWS_REGION: REGION,
    SSM_MAX_TPS: TPS,
    LOCAL_SSM_TPS: TPS,
    LOCAL_SSM_LATENCY_MS: '100',
    LOCAL_SSM_FAULT_RATE: '0.05',
  };
  let server = await startServer(directory, environment);
  const names = Array.from({ length: MACHINES }, (_, index) => `m-${index}`);

  const storm = Promise.all(
    names.map((name) =>
      boot({ name, tags: 'Role=web', api: () => server.url, aws: () => server.awsUrl, region: REGION }),
    ),
  );
  await sleep((MACHINES / 50) * 500);
  await server.end('SIGKILL');
  // Agents know one address; a server that comes back has the one it had.
  const ports = { PORT: new URL(server.url).port, LOCAL_AWS_PORT: new URL(server.awsUrl).port };
  server = await startServer(directory, { ...environment, ...ports });
  const nodes = await storm;

  const settled = async () => (await describedNodes(server)).map(({ InstanceId }) => InstanceId).sort();
  await expect.poll(settled, { timeout: 30_000, interval: 500 }).toEqual([...nodes].sort());
  const shown = await shownNodes(server);
  expect(shown.map(({ Name }) => Name)).toEqual([...names].sort());
  expect(shown.map(({ InstanceId }) => InstanceId).sort()).toEqual([...nodes].sort());
  expect(shown.every(({ PingStatus, Tags }) => PingStatus === 'Online' && Tags.Role === 'web')).toBe(true);
});

const shownNodes = async (server: ServerProcess) => {
  const nodes = [];
  let path: string | undefined = '/nodes?limit=100';
  while (path) {
    const { body } = await server.call(path, { as: server.operatorKey });
    const page: z.infer<typeof Nodes> = Nodes.parse(body);
    nodes.push(...page.Nodes);
    path = page.NextCursor && `/nodes?limit=100&cursor=${page.NextCursor}`;
  }
  return nodes;
};

/** What Systems Manager itself lists: a node that nobody uses any more would show here. */
const describedNodes = async ({ ssm }: ServerProcess) => {
  const nodes = [];
  for await (const page of paginateDescribeInstanceInformation({ client: ssm, pageSize: 50 }, {})) {
    nodes.push(...z.array(Described).parse(page.InstanceInformationList));
  }
  return nodes;
};
