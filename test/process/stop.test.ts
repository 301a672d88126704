import { setTimeout as sleep } from 'node:timers/promises';
import { ListTagsForResourceCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test, vi } from 'vitest';
import { activationIn, bootMachine, machineOf } from './machines.ts';
import { startServer, temporaryDirectory } from './server-process.ts';

describe('a signal to end', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends an idle server with 0', async (signal) => {
    const server = await startServer(await temporaryDirectory());
    await server.call('/livez');

    expect(await server.end(signal)).toBe(0);
    await expect(server.call('/livez')).rejects.toThrow();
  });

  test('lets requests under way finish, and what they minted is kept', async () => {
    const directory = await temporaryDirectory();
    const server = await startServer(directory, { LOCAL_SSM_LATENCY_MS: '600' });
    const underWay = server.call('/activate?name=web-1');
    await sleep(200);

    const code = await server.end('SIGTERM');

    const { status, body } = await underWay;
    expect({ status, code }).toEqual({ status: 200, code: 0 });
    const second = await startServer(directory);
    await expect(machineOf(second, 'web-1').register(activationIn(body))).resolves.toMatch(/^mi-/);
  });
});

test('after kill -9 and a restart everything is as it was, the operator key too', async () => {
  const directory = await temporaryDirectory();
  const first = await startServer(directory);
  const { machine, instanceId } = await bootMachine(first, 'web-1', 'Role=web');
  expect((await first.call('/tag?name=web-1&tags=Team=a')).status).toBe(200);
  const waiting = activationIn((await first.call('/activate?name=web-2')).body);
  expect((await first.call('/tag?name=web-2&tags=Team=b')).status).toBe(202);
  const nodesOf = async ({ call, operatorKey }: typeof first) =>
    (await call('/nodes', { as: operatorKey })).body;
  const before = await nodesOf(first);

  await first.end('SIGKILL');
  const second = await startServer(directory, { LOCAL_AWS_PORT: new URL(first.awsUrl).port });

  expect(second.operatorKey).toBe(first.operatorKey);
  expect(await nodesOf(second)).toEqual(before);
  await machine.ping();
  expect((await second.call('/activate?name=web-1')).body).toMatchObject({
    code: 'AlreadyRegistered',
    detail: expect.stringContaining(instanceId),
  });
  const late = await machineOf(second, 'web-2').register(waiting);
  await vi.waitFor(
    async () => {
      const resource = { ResourceType: 'ManagedInstance', ResourceId: late } as const;
      const { TagList } = await second.ssm.send(new ListTagsForResourceCommand(resource));
      expect(TagList).toEqual([{ Key: 'Team', Value: 'b' }]);
    },
    { timeout: 10_000, interval: 100 },
  );
});
