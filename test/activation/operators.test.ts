import { describe, expect, test } from 'vitest';
import { AlreadyRegistered, NameUnknown } from '../../src/activation/errors.ts';
import { AwsError } from '../../src/local/aws/errors.ts';
import { type Scenario, startScenario } from './scenario.ts';

/** A name whose node is Online. */
const startRegistered = async () => {
  const service = await startScenario();
  const node = await service.register(await service.activate());
  await node.ping();
  await service.sweepAfter(2_000);
  return { service, node };
};

const refuseCreations = ({ faults }: Scenario) => {
  faults.refuse = (operation) =>
    operation === 'CreateActivation' ? new AwsError('AccessDeniedException') : undefined;
};

describe('release', () => {
  test('lets the name in once, and the node before is deregistered', async () => {
    const { service, node } = await startRegistered();
    await service.release();

    const replacement = await service.register(await service.activate());
    await replacement.ping();
    await service.sweepAfter(10_000);

    expect(await service.nodeIds()).toEqual([replacement.id]);
    expect((await service.record())?.node?.id).not.toBe(node.id);
    await expect(service.activate()).rejects.toThrow(AlreadyRegistered);
  });

  test('survives an attempt that failed', async () => {
    const { service } = await startRegistered();
    await service.release();
    refuseCreations(service);
    await expect(service.activate()).rejects.toThrow();
    delete service.faults.refuse;

    await expect(service.activate()).resolves.toBeDefined();
  });

  test('covers a machine that lost the answer and asks again', async () => {
    const { service } = await startRegistered();
    await service.release();
    await service.activate();

    const again = await service.activate();

    expect(await service.usable()).toEqual([again.id]);
  });

  test('is not revoked by the old node, which goes on being Online', async () => {
    const { service, node } = await startRegistered();
    await service.release();
    const activation = await service.activate();

    await node.ping();
    await service.sweepAfter(10_000);

    expect(await service.usable()).toEqual([activation.id]);
  });

  test('finds a node that registered since the last sweep', async () => {
    const service = await startScenario();
    const node = await service.register(await service.activate());
    await node.ping();

    await service.release();

    await expect(service.activate()).resolves.toBeDefined();
  });

  test('of a name that nobody ever activated is refused', async () => {
    const service = await startScenario();

    await expect(service.release()).rejects.toThrow(NameUnknown);
  });
});

describe('remove', () => {
  test('deregisters the node and frees the name at once, for any proof', async () => {
    const { service, node } = await startRegistered();

    const removal = await service.remove();

    expect(removal.complete).toBe(true);
    expect(await service.nodeIds()).toEqual([]);
    expect(service.events.at(-1)).toMatchObject({ kind: 'NodeRemoved', nodeId: node.id });
    const other = { principal: { proof: 'oidc', subject: 'x', mayRejoin: false } } as const;
    await expect(service.activate(other)).resolves.toBeDefined();
  });

  test('revokes an activation that is out', async () => {
    const service = await startScenario();
    await service.activate();

    await service.remove();

    expect(await service.usable()).toEqual([]);
    expect(await service.record()).toMatchObject({ ended: 'revoked' });
  });

  test('keeps the name from a machine that registers with the activation that was being removed', async () => {
    const service = await startScenario();
    const activation = await service.activate();
    const node = await registeredDuring(
      service,
      'DeleteActivation',
      () => service.register(activation),
      () => service.remove(),
    );
    await node.ping();

    await service.sweepAfter(2_000);
    await service.sweepAfter(10_000);

    expect((await service.record())?.node).toBeUndefined();
    expect(await service.nodeIds()).toEqual([]);
  });

  test('keeps the name from a machine that registered with an activation that an earlier attempt failed to replace', async () => {
    const service = await startScenario();
    const activation = await service.activate();
    service.faults.refuse = (operation) =>
      operation === 'DeleteActivation' ? new AwsError('AccessDeniedException') : undefined;
    await expect(service.activate()).rejects.toThrow();
    delete service.faults.refuse;
    const node = await service.register(activation);
    await node.ping();

    await service.remove();
    await service.sweepAfter(10_000);
    await service.sweepAfter(10_000);

    expect((await service.record())?.node).toBeUndefined();
    expect(await service.nodeIds()).toEqual([]);
  });

  test('abandons an attempt under way: its caller gets nothing that works', async () => {
    const service = await startScenario();
    let removed: Promise<unknown> | undefined;
    const systemsManager: typeof service.ports.systemsManager = (withinMs) => {
      const real = service.ports.systemsManager(withinMs);
      return {
        ...real,
        createActivation: async (request) => {
          removed ??= service.remove();
          await removed;
          return real.createActivation(request);
        },
      };
    };

    await expect(service.activate({}, { ...service.ports, systemsManager })).rejects.toThrow();
    await service.sweepAfter(10_000);

    expect(await service.usable()).toEqual([]);
  });

  test('while Systems Manager refuses to answer is finished by the sweep', async () => {
    const { service } = await startRegistered();
    service.faults.refuse = () => new AwsError('ThrottlingException');

    const { complete } = await service.remove(2_050);
    delete service.faults.refuse;
    expect(complete).toBe(false);
    await service.sweepAfter(2_000);

    expect(await service.nodeIds()).toEqual([]);
  });
});

/** Performs `interloper` when `work` first calls `operation`, before Systems Manager does what it was asked. */
const registeredDuring = async <T>(
  service: Scenario,
  operation: string,
  interloper: () => Promise<T>,
  work: () => Promise<unknown>,
): Promise<T> => {
  let interloping: Promise<T> | undefined;
  service.faults.refuse = (called) => {
    if (called !== operation || interloping) return undefined;
    interloping = interloper();
    return new AwsError('ThrottlingException');
  };
  await work();
  if (!interloping) throw new Error(`${operation} was not called`);
  return interloping;
};
