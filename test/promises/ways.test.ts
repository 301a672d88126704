import { DescribeActivationsCommand } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { useStages } from './stage.ts';
import { lookInto } from './system.ts';

const NAME = 'host-1';
const onStage = useStages({ lagMs: 10_000 });

test('how Systems Manager is stays when its troubles end, and only a look behind the scenes sees through it', () =>
  onStage(async ({ world, operator, machine }) => {
    const host = machine(NAME, await operator.makesToken('host', { namePattern: NAME }));
    const shown = async () => (await world.ssm.send(new DescribeActivationsCommand({}))).ActivationList;
    await host.asks();
    world.faults.latencyMs = 0;
    delete world.faults.latencyMs;

    expect((await lookInto(world, [NAME])).usable).toMatchObject([{ name: NAME }]);
    expect(await shown()).toEqual([]);
    world.clock.advance(10_000);
    expect(await shown()).toHaveLength(1);
  }));
