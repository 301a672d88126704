import { expect, test } from 'vitest';
import { AwsError } from '../../src/local/aws/errors.ts';
import { type Stage, useStages } from '../promises/stage.ts';
import { lookInto } from '../promises/system.ts';

const NAME = 'host-1';
const onStage = useStages();

/** An operator revokes the caller's token while the process that serves the caller is held up. */
const revokedAt = async ({ world, operator, machine }: Stage, effect: 'before' | 'after', among: string) => {
  const caller = await operator.makesToken('host', { namePattern: NAME });
  const meanwhile = () => world.elsewhere(() => operator.revokes(caller));
  world.service.interrupt({ among, at: 0, effect, meanwhile });
  return machine(NAME, caller);
};

test('a token that is revoked while its caller waits for its turn at Systems Manager mints nothing', () =>
  onStage(async (stage) => {
    const host = await revokedAt(stage, 'before', 'ssm.createActivation');

    const answer = await host.asks();

    expect(answer).toMatchObject({ status: 403, code: 'TokenRevoked' });
    const { activations } = await lookInto(stage.world, [NAME]);
    expect(activations).toEqual([]);
  }));

test('a token that is revoked after the minting, before the activation is written, lets nobody in', () =>
  onStage(async (stage) => {
    const host = await revokedAt(stage, 'after', 'ssm.createActivation');

    const answer = await host.asks();

    expect(answer).toMatchObject({ status: 403, code: 'TokenRevoked' });
    expect((await lookInto(stage.world, [NAME])).usable).toEqual([]);
  }));

test('a token that is revoked between two tries mints nothing at the second', () =>
  onStage(async (stage) => {
    const { world, operator } = stage;
    const caller = await operator.makesToken('host', { namePattern: NAME });
    const host = stage.machine(NAME, caller);
    let tries = 0;
    world.faults.refuse = (operation) =>
      operation === 'CreateActivation' && ++tries === 1 ? new AwsError('ThrottlingException') : undefined;
    world.service.interrupt({
      among: 'tokens.read',
      at: 1,
      effect: 'after',
      meanwhile: () => world.elsewhere(() => operator.revokes(caller)),
    });

    const answer = await host.asks();

    expect(answer).toMatchObject({ status: 403, code: 'TokenRevoked' });
    expect(tries).toBe(1);
  }));

test('tags are not taken from a token that is revoked while Systems Manager is asked for the node', () =>
  onStage(async (stage) => {
    const { world, operator } = stage;
    const caller = await operator.makesToken('host', { namePattern: NAME });
    const host = stage.machine(NAME, caller);
    await host.asks();
    world.service.interrupt({
      among: 'ssm.nodesOf',
      at: 0,
      effect: 'before',
      meanwhile: () => world.elsewhere(() => operator.revokes(caller)),
    });

    const answer = await host.tags({ Role: 'host/1' });

    expect(answer).toMatchObject({ status: 403, code: 'TokenRevoked' });
  }));
