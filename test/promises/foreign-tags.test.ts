import { expect, test } from 'vitest';
import { brokenAfterRepair } from './promises.ts';
import { useStages } from './stage.ts';
import { lookInto } from './system.ts';
import { SETTLED_MS } from './world.ts';

const NAME = 'host-1';
const onStage = useStages();

test("tags for a visitor's machine that never reported do not come upon the host that takes its place", () =>
  onStage(async ({ world, diary, operator, machine }) => {
    const host = machine(NAME, await operator.makesToken('host', { namePattern: NAME }));
    const visitor = machine(NAME, await operator.makesToken('visitor', { namePattern: 'host-*' }));
    await host.asksUnheard();
    await visitor.asks();
    await visitor.tags({ Owner: 'visitor/0' });
    await visitor.registersUnheard();
    await operator.tags(NAME, { Role: 'operator/0' });
    world.clock.advance(1_000);

    await host.boots({ Role: 'host/1' });
    world.clock.advance(SETTLED_MS);
    await world.sweep();

    const { nodes } = await lookInto(world, [NAME]);
    expect(nodes.find(({ id }) => id === host.nodeId)?.tags).toEqual({ Role: 'host/1', Site: 'berlin' });
    expect(await brokenAfterRepair(world, diary, [NAME])).toEqual([]);
  }));
