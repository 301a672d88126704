import { expect, test } from 'vitest';
import { type Stage, useStages } from './stage.ts';
import { lookInto } from './system.ts';
import { SETTLED_MS } from './world.ts';

const NAME = 'host-1';
const onStage = useStages();

/** A host whose node an operator released, and which has registered once more: nobody has told the service so yet. */
const registeredAgain = async ({ world, operator, machine }: Stage) => {
  const host = machine(NAME, await operator.makesToken('host', { namePattern: NAME }));
  await host.boots();
  await operator.releases(NAME);
  world.clock.advance(60_000);
  await host.asks();
  await host.registers();
  return host;
};

test('a release is used up by the node that registered with it, though that node was not known yet', () =>
  onStage(async (stage) => {
    const host = await registeredAgain(stage);
    await host.pings();

    const answer = await host.asks();

    expect(answer).toMatchObject({ status: 409, code: 'AlreadyRegistered' });
    const { nodes, usable } = await lookInto(stage.world, [NAME]);
    expect(nodes.find(({ isOnline }) => isOnline)).toMatchObject({ id: host.nodeId });
    expect(usable).toEqual([]);
  }));

test('an activation of a released name is revoked when the node of the one before it reports after all', () =>
  onStage(async (stage) => {
    const { world } = stage;
    const host = await registeredAgain(stage);
    expect(await host.asks()).toMatchObject({ status: 200 });

    await host.pings();
    world.clock.advance(SETTLED_MS);
    await world.sweep();

    const { nodes, usable } = await lookInto(world, [NAME]);
    expect(nodes).toMatchObject([{ id: host.nodeId, isOnline: true }]);
    expect(usable).toEqual([]);
  }));
