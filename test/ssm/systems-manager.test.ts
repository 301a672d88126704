import { DescribeActivationsCommand, ListTagsForResourceCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { TagsRefused } from '../../src/activation/errors.ts';
import type { ManagedNodeId } from '../../src/activation/identifiers.ts';
import { ManagedNodeId as NodeId } from '../../src/activation/identifiers.ts';
import { InstanceName } from '../../src/activation/instance-name.ts';
import type { ActivationRequest } from '../../src/activation/ports.ts';
import { AwsError } from '../../src/local/aws/errors.ts';
import { createSystemsManager } from '../../src/ssm/systems-manager.ts';
import { activationId, attemptId, nodeId } from '../activation/records.ts';
import { hour, startTestAws } from '../local/embedded-aws.ts';
import { callerIn, createTime } from './time.ts';

const HOST = InstanceName.parse('host-1');
const ROLE = 'service-role/ssm-node';

const start = async () => {
  const aws = await startTestAws();
  const time = createTime();
  const at = createSystemsManager({ client: aws.ssm, caller: callerIn(time), nodeRole: ROLE });
  const systemsManager = at(new Date(time.now() + 20_000));
  const request = (changes: Partial<ActivationRequest> = {}): ActivationRequest => ({
    name: HOST,
    tags: {},
    expiresAt: new Date(Math.floor(aws.clock().getTime() / 1000) * 1000 + hour),
    attemptId: attemptId('one'),
    ...changes,
  });
  const described = async () => {
    const { ActivationList = [] } = await aws.ssm.send(new DescribeActivationsCommand({}));
    return ActivationList;
  };
  const registeredNode = async (): Promise<ManagedNodeId> =>
    NodeId.parse((await aws.registered()).instanceId);
  const tagsOf = async (node: ManagedNodeId) => {
    const resource = { ResourceType: 'ManagedInstance', ResourceId: node } as const;
    const { TagList = [] } = await aws.ssm.send(new ListTagsForResourceCommand(resource));
    return Object.fromEntries(TagList.map(({ Key = '', Value }) => [Key, Value]));
  };
  return { ...aws, systemsManager, request, described, registeredNode, tagsOf };
};

describe('createActivation', () => {
  test('makes an activation for one machine, with its name, role, expiry, tags and attempt', async () => {
    const { systemsManager, request, described } = await start();
    const asked = request({ tags: { Role: 'web', Owner: '' } });

    const { id, code, strayPossible } = await systemsManager.createActivation(asked);

    expect(await described()).toMatchObject([
      {
        ActivationId: id,
        DefaultInstanceName: 'host-1',
        Description: `ssm-activation-api attempt ${asked.attemptId}`,
        IamRole: ROLE,
        RegistrationLimit: 1,
        ExpirationDate: asked.expiresAt,
        Tags: [
          { Key: 'Role', Value: 'web' },
          { Key: 'Owner', Value: '' },
        ],
      },
    ]);
    expect(code.reveal()).toMatch(/^.{20}$/);
    expect(strayPossible).toBe(false);
  });

  test('without tags makes an activation without tags', async () => {
    const { systemsManager, request, described } = await start();

    await systemsManager.createActivation(request());

    expect((await described())[0]?.Tags ?? []).toEqual([]);
  });

  test('with the id and the code a machine registers, once', async () => {
    const { systemsManager, request, machine } = await start();
    const { id, code } = await systemsManager.createActivation(request());
    const activation = { activationId: id, activationCode: code.reveal() };

    await machine().register(activation);

    await expect(machine().register(activation)).rejects.toMatchObject({ code: 'RegistrationLimitExceeded' });
  });

  test('whose answer was lost is called again, and says that a stray is possible', async () => {
    const { systemsManager, request, faults, described } = await start();
    let lost = 0;
    faults.loseAnswer = () => lost++ === 0;

    const minted = await systemsManager.createActivation(request());

    expect(minted.strayPossible).toBe(true);
    expect(await described()).toHaveLength(2);
  });

  test('that was throttled first leaves no stray', async () => {
    const { systemsManager, request, faults, described } = await start();
    let calls = 0;
    faults.refuse = () => (calls++ < 3 ? new AwsError('ThrottlingException') : undefined);

    const minted = await systemsManager.createActivation(request());

    expect(minted.strayPossible).toBe(false);
    expect(await described()).toHaveLength(1);
  });

  test('waits for a role that is not known everywhere yet', async () => {
    const { systemsManager, request, faults } = await start();
    let calls = 0;
    const message = 'Nonexistent role or missing ssm service principal in trust policy: x';
    faults.refuse = () => (calls++ < 2 ? new AwsError('ValidationException', message) : undefined);

    const minted = await systemsManager.createActivation(request());

    expect(minted.strayPossible).toBe(false);
  });

  test('passes a refusal through with no code in it', async () => {
    const { systemsManager, request, faults } = await start();
    faults.refuse = () => new AwsError('AccessDeniedException');

    await expect(systemsManager.createActivation(request())).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });
});

describe('what is gone already', () => {
  test('is deleted: an activation', async () => {
    const { systemsManager, request, described } = await start();
    const { id } = await systemsManager.createActivation(request());

    await systemsManager.deleteActivation(id);
    await systemsManager.deleteActivation(id);
    await systemsManager.deleteActivation(activationId('never there'));

    expect(await described()).toEqual([]);
  });

  test('is deregistered: a node', async () => {
    const { systemsManager, registeredNode } = await start();
    const node = await registeredNode();

    await systemsManager.deregister(node);
    await systemsManager.deregister(node);
    await systemsManager.deregister(nodeId('never there'));

    expect(await systemsManager.allNodes()).toEqual([]);
  });

  test.each(['DeleteActivation', 'DeregisterManagedInstance'])(
    '%s that is not allowed is an error all the same',
    async (refused) => {
      const { systemsManager, faults } = await start();
      faults.refuse = (operation) =>
        operation === refused ? new AwsError('AccessDeniedException') : undefined;
      const call =
        refused === 'DeleteActivation'
          ? systemsManager.deleteActivation(activationId('a'))
          : systemsManager.deregister(nodeId('a'));

      await expect(call).rejects.toMatchObject({ name: 'AccessDeniedException' });
    },
  );
});

describe('activations', () => {
  test('are found by name, with the attempt that made each', async () => {
    const { systemsManager, request, activate } = await start();
    const other = InstanceName.parse('host-2');
    const first = await systemsManager.createActivation(request());
    const second = await systemsManager.createActivation(request({ attemptId: attemptId('two') }));
    await systemsManager.createActivation(request({ name: other }));
    const byHand = await activate({ DefaultInstanceName: 'host-1', Description: 'by hand' });

    const found = await systemsManager.activationsNamed([HOST]);

    expect(found.map(({ id, name, attemptId: attempt }) => [id, name, attempt])).toEqual([
      [first.id, 'host-1', attemptId('one')],
      [second.id, 'host-1', attemptId('two')],
      [byHand.activationId, 'host-1', undefined],
    ]);
  });

  test('are found page by page, for more names than one question takes', async () => {
    const { systemsManager, request, calls } = await start();
    const names = Array.from({ length: 120 }, (_, index) => InstanceName.parse(`host-${index}`));
    for (const name of names) await systemsManager.createActivation(request({ name }));
    calls.length = 0;

    const found = await systemsManager.activationsNamed(names);

    expect(found.map(({ name }) => name)).toEqual(names);
    expect(calls).toHaveLength(3);
    expect(await systemsManager.allActivations()).toHaveLength(120);
  });

  test('can register a machine until they are used up or expired', async () => {
    const { systemsManager, request, machine, advance } = await start();
    const used = await systemsManager.createActivation(request());
    await machine().register({ activationId: used.id, activationCode: used.code.reveal() });
    await systemsManager.createActivation(request());
    const canRegister = async () =>
      (await systemsManager.activationsNamed([HOST])).map((found) => found.canRegister);

    expect(await canRegister()).toEqual([false, true]);
    advance(hour);
    expect(await canRegister()).toEqual([false, false]);
  });
});

describe('tags of a node', () => {
  test('are set and removed', async () => {
    const { systemsManager, registeredNode, tagsOf } = await start();
    const node = await registeredNode();

    await systemsManager.addTags(node, { Role: 'web', Owner: '' });
    await systemsManager.removeTags(node, ['Role', 'never there']);

    expect(await tagsOf(node)).toEqual({ Owner: '' });
  });

  test('beyond 50 are refused', async () => {
    const { systemsManager, registeredNode } = await start();
    const node = await registeredNode();
    const tags = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, '']));

    const adding = systemsManager.addTags(node, tags);

    await expect(adding).rejects.toThrow(TagsRefused);
    await expect(adding).rejects.toMatchObject({ cause: { name: 'TooManyTagsError' } });
  });

  test('of a node that is gone are refused', async () => {
    const { systemsManager } = await start();

    await expect(systemsManager.addTags(nodeId('gone'), { Role: 'web' })).rejects.toThrow(TagsRefused);
    await expect(systemsManager.removeTags(nodeId('gone'), ['Role'])).rejects.toThrow(TagsRefused);
  });

  test('are not refused for want of permission: that is an error of the deployment', async () => {
    const { systemsManager, registeredNode, faults } = await start();
    const node = await registeredNode();
    faults.refuse = () => new AwsError('AccessDeniedException');

    await expect(systemsManager.addTags(node, { Role: 'web' })).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });
});

describe('nodes', () => {
  test('are all found, whatever their number', async () => {
    const { systemsManager, registered, calls } = await start();
    const ids: string[] = [];
    for (let index = 0; index < 60; index += 1) ids.push((await registered()).instanceId);
    calls.length = 0;

    const found = await systemsManager.allNodes();

    expect(found.map(({ id }) => id)).toEqual(ids);
    expect(calls).toHaveLength(2);
  });

  test('are found by their ids', async () => {
    const { systemsManager, registeredNode } = await start();
    const node = await registeredNode();
    await registeredNode();

    const found = await systemsManager.nodesById([node, nodeId('gone')]);

    expect(found.map(({ id }) => id)).toEqual([node]);
  });

  test('that are silent are found apart from those that are Online', async () => {
    const { systemsManager, registered } = await start();
    const silent = await registered();
    const online = await registered();
    await online.machine.ping();

    const found = await systemsManager.silentNodes();

    expect(found.map(({ id }) => id)).toEqual([silent.instanceId]);
  });
});

test('a check answers while Systems Manager does', async () => {
  const { systemsManager, faults } = await start();

  await expect(systemsManager.check()).resolves.toBeUndefined();
  faults.refuse = () => new AwsError('AccessDeniedException');
  await expect(systemsManager.check()).rejects.toThrow();
});
