import { afterAll, beforeAll } from 'vitest';
import type { Faults } from '../../src/local/aws/faults.ts';
import { type EmbeddedDynamoDb, startEmbeddedDynamoDb } from '../../src/local/embedded-dynamodb.ts';
import type { Caller } from './caller.ts';
import { type Diary, startDiary } from './diary.ts';
import { Machine } from './machine.ts';
import { Operator } from './operator.ts';
import { startWorld, type World } from './world.ts';

/** A world, those who act in it, and what they were told. */
export interface Stage {
  readonly world: World;
  readonly diary: Diary;
  readonly operator: Operator;
  machine(name: string, caller: Caller): Machine;
}

/** Starts one DynamoDB for the tests around; each stage has a table of its own in it, and a Systems Manager of these ways. */
export const useStages = (
  ways: Faults = {},
): (<T>(play: (stage: Stage) => Promise<T>, seed?: number) => Promise<T>) => {
  let dynamoDb: EmbeddedDynamoDb | undefined;
  beforeAll(async () => {
    dynamoDb = await startEmbeddedDynamoDb('ledger');
  });
  afterAll(() => dynamoDb?.close());
  return async (play, seed = 1) => {
    if (!dynamoDb) throw new Error('the DynamoDB was not started');
    const world = await startWorld(dynamoDb, { seed, ways });
    const diary = startDiary();
    const machine = (name: string, caller: Caller) => new Machine(world, diary, name, caller);
    try {
      return await play({ world, diary, operator: new Operator(world, diary), machine });
    } finally {
      await world.close();
    }
  };
};
