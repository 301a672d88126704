import { expect, test } from 'vitest';
import { brokenAfterRepair } from './promises.ts';
import { useStages } from './stage.ts';
import { lookInto } from './system.ts';
import { SETTLED_MS } from './world.ts';

const NAME = 'host-1';
const onStage = useStages();

test('a machine whose registration was not answered is refused with its activation, and gets in by asking again', () =>
  onStage(async ({ world, diary, operator, machine }) => {
    const token = await operator.makesToken('host', { namePattern: NAME });
    const host = machine(NAME, token);
    const nodes = async () => (await lookInto(world, [NAME])).nodes;

    await host.asks({ Role: 'host/1' });
    expect(await host.registersUnheard()).toBe('no answer');
    const [burned] = await nodes();
    expect(burned).toMatchObject({ name: NAME, hasReported: false });
    expect(await host.registers()).toBe('RegistrationLimitExceeded');

    world.clock.advance(30_000);
    await host.boots({ Role: 'host/2' });
    const [alive] = await nodes();
    expect(await nodes()).toHaveLength(2);
    world.clock.advance(SETTLED_MS);
    await world.sweep();
    await host.pings();

    expect(await nodes()).toEqual([alive]);
    expect(alive).toMatchObject({ id: host.nodeId, isOnline: true, tags: { Role: 'host/2' } });
    expect(await brokenAfterRepair(world, diary, [NAME])).toEqual([]);
    const { events } = await world.ports.events.list({ name: NAME, limit: 100 });
    expect(events).toContainEqual(expect.objectContaining({ kind: 'NodeReplaced', nodeId: burned?.id }));
  }));
