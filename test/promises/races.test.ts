import { expect, test } from 'vitest';
import { AwsError } from '../../src/local/aws/errors.ts';
import { brokenAfterRepair } from './promises.ts';
import { useStages } from './stage.ts';
import { LEASE_MS, SETTLED_MS } from './world.ts';

const NAME = 'host-1';
const onStage = useStages();

test('a machine that registers just before its superseded activation is deleted, long after, is found', () =>
  onStage(async ({ world, diary, operator, machine }) => {
    const token = await operator.makesToken('host', { namePattern: NAME });
    const host = machine(NAME, token);
    await host.asks();
    world.faults.refuse = (operation) =>
      operation === 'DeleteActivation' ? new AwsError('ThrottlingException') : undefined;
    expect(await machine(NAME, token).asks()).toMatchObject({ code: 'SystemsManagerUnavailable' });
    world.clock.advance(SETTLED_MS + LEASE_MS);
    delete world.faults.refuse;

    world.service.interrupt({ at: 3, effect: 'after', meanwhile: () => host.registers() });
    await world.sweep();
    expect(world.service.calls.slice(3, 5)).toEqual(['ledger.replace', 'ssm.deleteActivation']);
    await host.pings();
    world.clock.advance(SETTLED_MS);
    await world.sweep();

    expect(await brokenAfterRepair(world, diary, [NAME])).toEqual([]);
    expect((await world.ports.ledger.list({ prefix: NAME, limit: 1 }))[0]?.node?.id).toBe(host.nodeId);
  }));
