/** Reads that show late what was written. Writes are judged on what is true all the same. */
import {
  AddTagsToResourceCommand,
  DeleteActivationCommand,
  DeregisterManagedInstanceCommand,
  DescribeActivationsCommand,
  DescribeInstanceInformationCommand,
  ListTagsForResourceCommand,
  paginateDescribeActivations,
  RemoveTagsFromResourceCommand,
  type SSMClient,
  UpdateManagedInstanceRoleCommand,
} from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import type { Aspect } from '../../../src/local/aws/lag.ts';
import { minute, refusal, startTestAws } from '../embedded-aws.ts';

const lag = 10_000;

const activationsIn = async (ssm: SSMClient) => {
  const { ActivationList = [] } = await ssm.send(new DescribeActivationsCommand({}));
  return ActivationList;
};
const nodesIn = async (ssm: SSMClient, filter?: { Key: string; Values: string[] }) => {
  const Filters = filter && [filter];
  const { InstanceInformationList = [] } = await ssm.send(
    new DescribeInstanceInformationCommand({ Filters }),
  );
  return InstanceInformationList;
};
const tagsIn = async (ssm: SSMClient, ResourceId: string) => {
  const resource = { ResourceType: 'ManagedInstance', ResourceId } as const;
  const { TagList = [] } = await ssm.send(new ListTagsForResourceCommand(resource));
  return TagList.map(({ Key }) => Key);
};
const tag = (ssm: SSMClient, ResourceId: string, Key: string) =>
  ssm.send(
    new AddTagsToResourceCommand({
      ResourceType: 'ManagedInstance',
      ResourceId,
      Tags: [{ Key, Value: '' }],
    }),
  );

describe('with a lag', () => {
  test('an activation is seen once the lag has passed', async () => {
    const { activate, ssm, faults, advance } = await startTestAws();
    faults.lagMs = lag;
    await activate();

    advance(lag - 1);
    expect(await activationsIn(ssm)).toEqual([]);
    advance(1);
    expect(await activationsIn(ssm)).toHaveLength(1);
  });

  test('a registration is seen by every filter once the lag has passed, and its count too', async () => {
    const { activate, machine, ssm, faults, advance } = await startTestAws();
    const activation = await activate();
    faults.lagMs = lag;
    const instanceId = await machine().register(activation);
    const filters = [
      undefined,
      { Key: 'InstanceIds', Values: [instanceId] },
      { Key: 'ActivationIds', Values: [activation.activationId] },
      { Key: 'ResourceType', Values: ['ManagedInstance'] },
    ];

    expect(await activationsIn(ssm)).toMatchObject([{ RegistrationsCount: 0 }]);
    for (const filter of filters) expect(await nodesIn(ssm, filter)).toEqual([]);
    advance(lag);
    for (const filter of filters)
      expect(await nodesIn(ssm, filter)).toMatchObject([{ InstanceId: instanceId }]);
    expect(await activationsIn(ssm)).toMatchObject([{ RegistrationsCount: 1 }]);
  });

  test('a ping is seen late, and so is a silence', async () => {
    const { registered, ssm, faults, advance } = await startTestAws({ connectionLostAfterMs: 3 * minute });
    const { machine } = await registered();
    faults.lagMs = lag;
    await machine.ping();
    const status = async () => (await nodesIn(ssm))[0]?.PingStatus;

    expect(await status()).toBe('ConnectionLost');
    advance(lag);
    expect(await status()).toBe('Online');
    advance(3 * minute);
    expect(await status()).toBe('Online');
    advance(1);
    expect(await status()).toBe('ConnectionLost');
  });

  test('of several pings the last that has been long enough is seen', async () => {
    const { registered, ssm, faults, advance, clock } = await startTestAws();
    faults.lagMs = lag;
    const { machine } = await registered();
    await machine.ping();
    const firstPing = clock();
    advance(lag / 2);
    await machine.ping();
    advance(lag / 2);

    expect(await nodesIn(ssm)).toMatchObject([{ LastPingDateTime: firstPing }]);
  });

  test('a deleted activation and a deregistered node are seen until the lag has passed, by every filter', async () => {
    const { activate, machine, ssm, faults, advance } = await startTestAws();
    faults.lagMs = lag;
    const activation = await activate({ DefaultInstanceName: 'web-1' });
    const { activationId: ActivationId } = activation;
    const InstanceId = await machine().register(activation);
    advance(lag);
    await ssm.send(new DeleteActivationCommand({ ActivationId }));
    await ssm.send(new DeregisterManagedInstanceCommand({ InstanceId }));
    const found = async () => [
      await activationsIn(ssm),
      (
        await ssm.send(
          new DescribeActivationsCommand({
            Filters: [{ FilterKey: 'DefaultInstanceName', FilterValues: ['web-1'] }],
          }),
        )
      ).ActivationList,
      await nodesIn(ssm),
      await nodesIn(ssm, { Key: 'InstanceIds', Values: [InstanceId] }),
      await nodesIn(ssm, { Key: 'ActivationIds', Values: [ActivationId] }),
    ];

    advance(lag - 1);
    for (const list of await found()) expect(list).toHaveLength(1);
    advance(1);
    for (const list of await found()) expect(list).toEqual([]);
  });

  test('what was made and ended within the lag is seen all the same, for as long as it was there', async () => {
    const { activate, ssm, faults, advance } = await startTestAws();
    faults.lagMs = lag;
    const { activationId: ActivationId } = await activate();
    advance(lag / 2);
    await ssm.send(new DeleteActivationCommand({ ActivationId }));

    expect(await activationsIn(ssm)).toEqual([]);
    advance(lag / 2);
    expect(await activationsIn(ssm)).toMatchObject([{ ActivationId }]);
    advance(lag / 2);
    expect(await activationsIn(ssm)).toEqual([]);
  });

  test('tags are seen late, in lists, in filters and on a node that is not seen itself', async () => {
    const { registered, ssm, faults, advance } = await startTestAws();
    faults.lagMs = lag;
    const { instanceId } = await registered();
    expect(await refusal(tagsIn(ssm, instanceId))).toMatchObject({ code: 'InvalidResourceId' });
    advance(lag);
    await tag(ssm, instanceId, 'Role');

    expect(await tagsIn(ssm, instanceId)).toEqual([]);
    expect(await nodesIn(ssm, { Key: 'tag-key', Values: ['Role'] })).toEqual([]);
    advance(lag);
    expect(await tagsIn(ssm, instanceId)).toEqual(['Role']);
    expect(await nodesIn(ssm, { Key: 'tag-key', Values: ['Role'] })).toHaveLength(1);
  });

  test('tags that are not seen yet are not lost by adding others', async () => {
    const { registered, ssm, faults } = await startTestAws();
    const { instanceId } = await registered();
    faults.lagMs = lag;

    await tag(ssm, instanceId, 'Role');
    await tag(ssm, instanceId, 'Owner');

    faults.lagMs = undefined;
    expect(await tagsIn(ssm, instanceId)).toEqual(['Role', 'Owner']);
  });

  test('an activation that is not seen lets one machine in, can be deleted, and lets no more in', async () => {
    const { activate, machine, ssm, faults } = await startTestAws();
    faults.lagMs = lag;
    const used = await activate();
    const deleted = await activate();
    const node = machine();

    await node.register(used);
    await node.ping();
    await ssm.send(new DeleteActivationCommand({ ActivationId: deleted.activationId }));

    expect(await refusal(machine().register(used))).toMatchObject({ code: 'RegistrationLimitExceeded' });
    expect(await refusal(machine().register(deleted))).toMatchObject({ code: 'InvalidActivation' });
  });

  test('a listing goes on where its page ended, whatever came to be seen meanwhile', async () => {
    const { activate, ssm, faults, advance } = await startTestAws();
    faults.lagMs = lag;
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) ids.push((await activate()).activationId);
    advance(lag);
    const listed: (string | undefined)[] = [];

    for await (const { ActivationList = [] } of paginateDescribeActivations(
      { client: ssm, pageSize: 2 },
      {},
    )) {
      listed.push(...ActivationList.map(({ ActivationId }) => ActivationId));
      const [first = ''] = ids;
      await ssm.send(new DeleteActivationCommand({ ActivationId: first })).catch(() => {});
      advance(lag);
    }

    expect(listed).toEqual(ids);
  });
});

describe('with a function for a lag', () => {
  test.each<[string, Aspect, object[]]>([
    ['a registration without its ping', 'ping', [{ PingStatus: 'ConnectionLost' }]],
    ['a ping without its registration, which shows nothing', 'registration', []],
  ])('a read can show %s', async (_case, hidden, expected) => {
    const { registered, ssm, faults } = await startTestAws();
    faults.lagMs = ({ aspect }) => (aspect === hidden ? lag : 0);
    const { machine } = await registered();
    await machine.ping();

    expect(await nodesIn(ssm)).toMatchObject(expected);
  });

  test('a read can show one node and not another', async () => {
    const { registered, ssm, faults } = await startTestAws();
    const hidden = new Set<string>();
    faults.lagMs = ({ id }) => (hidden.has(id) ? lag : 0);
    const one = await registered();
    const other = await registered();
    hidden.add(one.instanceId);

    expect(await nodesIn(ssm)).toMatchObject([{ InstanceId: other.instanceId }]);
  });

  test('nothing is hidden for longer than ten minutes', async () => {
    const { activate, ssm, faults, advance } = await startTestAws();
    faults.lagMs = () => Number.POSITIVE_INFINITY;
    await activate();

    advance(10 * minute - 1);
    expect(await activationsIn(ssm)).toEqual([]);
    advance(1);
    expect(await activationsIn(ssm)).toHaveLength(1);
  });
});

describe('with a range of lags', () => {
  /** Numbers that repeat after long, the same ones each time. */
  const seeded = () => {
    let seed = 7;
    return () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
  };

  test('reads in a row differ and go back in time, within the range only', async () => {
    const { registered, ssm, faults, advance } = await startTestAws({ random: seeded() });
    faults.lagMs = { from: 2_000, to: lag };
    for (let index = 0; index < 10; index += 1) await registered();
    const readsAfter = async (milliseconds: number) => {
      advance(milliseconds);
      const reads: (string | undefined)[][] = [];
      for (let index = 0; index < 10; index += 1)
        reads.push((await nodesIn(ssm)).map(({ InstanceId }) => InstanceId));
      return reads;
    };

    const before = await readsAfter(1_999);
    const between = await readsAfter(4_000);
    const after = await readsAfter(lag - 5_999);

    expect(before.map((seen) => seen.length)).toEqual(Array(10).fill(0));
    expect(after.map((seen) => seen.length)).toEqual(Array(10).fill(10));
    const wentBack = between.filter((seen, index) => between[index - 1]?.some((id) => !seen.includes(id)));
    expect(wentBack.length).toBeGreaterThan(2);
    for (const seen of between) expect(seen.length).toBeOneOf([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('a status that is filtered by is the one that is shown', async () => {
    const { registered, ssm, faults, advance } = await startTestAws({
      random: seeded(),
      connectionLostAfterMs: minute,
    });
    const { machine } = await registered();
    await machine.ping();
    faults.lagMs = { from: 0, to: lag };
    advance(minute + lag / 2);
    const seen = new Set<string | undefined>();

    for (let index = 0; index < 20; index += 1) {
      for (const Values of [['Online'], ['ConnectionLost']]) {
        const found = await nodesIn(ssm, { Key: 'PingStatus', Values });
        for (const { PingStatus } of found) {
          expect(Values).toEqual([PingStatus]);
          seen.add(PingStatus);
        }
      }
    }

    expect([...seen].sort()).toEqual(['ConnectionLost', 'Online']);
  });
});

test('a lag that is put aside for a while hides again, afterwards, what it hid', async () => {
  const { activate, ssm, faults } = await startTestAws();
  faults.lagMs = lag;
  await activate();

  faults.lagMs = undefined;
  expect(await activationsIn(ssm)).toHaveLength(1);
  await activate();
  faults.lagMs = lag;
  expect(await activationsIn(ssm)).toEqual([]);
});

describe('what was just made', () => {
  test('can be unknown to whoever would delete it, and lets a machine in all the same', async () => {
    const { activate, machine, ssm, faults, advance } = await startTestAws();
    faults.unknownForMs = lag;
    const activation = await activate();
    const { activationId: ActivationId } = activation;
    const deleted = () => ssm.send(new DeleteActivationCommand({ ActivationId }));
    advance(lag - 1);

    expect(await refusal(deleted())).toMatchObject({ code: 'InvalidActivation' });
    expect(await activationsIn(ssm)).toHaveLength(1);
    await expect(machine().register(activation)).resolves.toBeDefined();
    advance(1);
    await expect(deleted()).resolves.toBeDefined();
  });

  test.each<[string, string, (ssm: SSMClient, InstanceId: string) => Promise<unknown>]>([
    [
      'deregister it',
      'InvalidInstanceId',
      (ssm, InstanceId) => ssm.send(new DeregisterManagedInstanceCommand({ InstanceId })),
    ],
    [
      'change its role',
      'InvalidInstanceId',
      (ssm, InstanceId) => ssm.send(new UpdateManagedInstanceRoleCommand({ InstanceId, IamRole: 'Other' })),
    ],
    ['tag it', 'InvalidResourceId', (ssm, InstanceId) => tag(ssm, InstanceId, 'Role')],
    [
      'take its tags off',
      'InvalidResourceId',
      (ssm, ResourceId) =>
        ssm.send(
          new RemoveTagsFromResourceCommand({
            ResourceType: 'ManagedInstance',
            ResourceId,
            TagKeys: ['Role'],
          }),
        ),
    ],
  ])('can be unknown to whoever would %s', async (_change, code, change) => {
    const { registered, ssm, faults, advance } = await startTestAws();
    faults.unknownForMs = lag;
    const { machine, instanceId } = await registered();
    await machine.ping();
    advance(lag - 1);

    expect(await refusal(change(ssm, instanceId))).toMatchObject({ code });
    expect(await nodesIn(ssm)).toHaveLength(1);
    advance(1);
    await expect(change(ssm, instanceId)).resolves.toBeDefined();
  });
});
