import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InstanceName } from '../../src/activation/instance-name.ts';
import { LATE_MS } from '../../src/activation/late-calls.ts';
import { type TagChanges, tagChanges, wantedTags, withChanges } from '../../src/activation/tag-changes.ts';
import { type Tags, tagIn } from '../../src/activation/tags.ts';
import { losePutAnswer } from '../ledger/lost-answer.ts';
import type { Answer } from './caller.ts';
import type { MadeCall } from './interruptible.ts';
import type { Machine } from './machine.ts';
import { brokenAfterRepair, unfinished } from './promises.ts';
import { fallSilent, LateCalls, SILENCES } from './silence.ts';
import { type Stage, useStages } from './stage.ts';
import { lookInto } from './system.ts';
import type { World } from './world.ts';

/** How many plays are performed; the same ones each time, unless another seed is given. A failure prints seed and path. */
const RUNS = Number(process.env['LATE_TAG_RUNS'] ?? 30);
const SEED = Number(process.env['LATE_TAG_SEED'] ?? 23);
const { LATE_TAG_PATH } = process.env;

const PLAY_MS = 10_000;
const MINUTE = 60_000;
const NAME = InstanceName.parse('host-1');
const FIRST_TAGS = { Owner: 'host/first', Role: 'host/first' };

/** Where the name's machine is when its tags are changed. */
const STATES = ['Online', 'registered, and nobody knows', 'on its way'] as const;

interface TagCall {
  readonly by: 'host' | 'operator';
  readonly set: readonly string[];
  /** Only an operator takes tags away. */
  readonly remove: readonly string[];
}

const keys = fc.constantFrom<readonly string[]>(['Owner'], ['Role'], ['Owner', 'Role']);
const tagCall: fc.Arbitrary<TagCall> = fc.oneof(
  { weight: 3, arbitrary: keys.map((set): TagCall => ({ by: 'host', set, remove: [] })) },
  { weight: 1, arbitrary: keys.map((set): TagCall => ({ by: 'operator', set, remove: [] })) },
  { weight: 2, arbitrary: keys.map((remove): TagCall => ({ by: 'operator', set: [], remove })) },
);

/** `tagging`: the call that brings its tags to the node. */
const place = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ at: 0, among: 'tagging' }) },
  { weight: 2, arbitrary: fc.record({ at: fc.nat({ max: 1 }), among: fc.constant('ledger.replace') }) },
  { weight: 2, arbitrary: fc.record({ at: fc.nat({ max: 11 }), among: fc.constant(undefined) }) },
);

/** Which of the earlier call's calls is not answered as it should be, and how. */
const fault = fc.record({
  /** `resent`: a write to the ledger happens, and as its answer is lost it is sent again. */
  way: fc.constantFrom(...SILENCES, 'late', 'doubled', 'orphaned', 'resent' as const, 'resent' as const),
  place,
  /** How long it is waited for. */
  ms: fc.constantFrom(0, 4_000, 15_000),
  /** The later calls come while it is waited for, and not once the earlier call was answered. */
  isWaitedFor: fc.boolean(),
  /** When it happens after all. */
  arrival: fc.constantFrom(
    'before the next' as const,
    'while the next is applied' as const,
    'after the next' as const,
    'after the last' as const,
    'after a sweep' as const,
  ),
  isSweptBefore: fc.boolean(),
});

const plays = fc.record({
  state: fc.constantFrom(...STATES, 'Online'),
  earlier: tagCall,
  later: fc.array(tagCall, { minLength: 1, maxLength: 2 }),
  fault,
});
type Played = typeof plays extends fc.Arbitrary<infer T> ? T : never;

const onStage = useStages();

test('of two tag calls that were accepted the later wins, whatever hangs', {
  timeout: RUNS * PLAY_MS,
}, () => {
  const property = fc.asyncProperty(plays, (played) => onStage((stage) => perform(stage, played)));
  return fc.assert(property, {
    numRuns: RUNS,
    seed: SEED,
    ...(LATE_TAG_PATH && { path: LATE_TAG_PATH }),
  });
});

const perform = async (stage: Stage, { state, earlier, later, fault }: Played): Promise<void> => {
  const { world, diary } = stage;
  const host = await hostThatIs(state, stage);
  const lateCalls = new LateCalls(world.clock.now, LATE_MS);
  const [first, ...others] = [earlier, ...later].map((call, nth) => ({
    call,
    changes: changesOf(call, nth),
  }));
  if (!first) throw new TypeError('nobody tags');
  const accepted: TagChanges[] = [];

  const laterCalls = async () => {
    if (fault.arrival === 'before the next') await lateCalls.allArrive();
    if (await isInRecord(world, first.changes)) accepted.push(first.changes);
    if (fault.isSweptBefore) await world.sweep();
    for (const [nth, { call, changes }] of others.entries()) {
      if (nth === 0 && fault.arrival === 'while the next is applied')
        arriveDuringApplication(world, call, lateCalls);
      expect((await send(stage, host, call, changes))?.status).toBeOneOf([200, 202]);
      world.service.interrupt();
      accepted.push(changes);
      if (nth === 0 && fault.arrival === 'after the next') await lateCalls.allArrive();
    }
    if (fault.arrival === 'after the last') await lateCalls.allArrive();
    await world.sweep();
    await lateCalls.allArrive();
  };
  const meanwhile = async () => {
    world.clock.advance(fault.ms);
    if (fault.isWaitedFor) await world.elsewhere(laterCalls);
  };

  const answer = await withFault(world, fault, taggedBy(first.call), lateCalls, meanwhile, () =>
    send(stage, host, first.call, first.changes),
  );
  if (accepted.length === 0) await laterCalls();
  if (isAccepted(answer) && !accepted.includes(first.changes)) accepted.push(first.changes);
  if (!host.nodeId) await host.registers();
  await passTime(world, host);

  const record = await world.ports.ledger.read(NAME);
  const { nodes } = await lookInto(world, [NAME]);
  const tags = accepted.reduce<Tags>(withChanges, { ...FIRST_TAGS, Site: 'berlin' });
  expect(nodes).toMatchObject([{ id: host.nodeId, tags }]);
  expect(nodes[0]?.tags).toEqual(tags);
  expect(record?.node).toMatchObject({ tags, unappliedTags: [] });
  expect(record?.dueAt).toBeUndefined();
  expect(await unfinished(world, [NAME])).toEqual([]);
  expect(await brokenAfterRepair(world, diary, [NAME])).toEqual([]);
};

const hostThatIs = async (state: Played['state'], stage: Stage): Promise<Machine> => {
  const host = stage.machine(NAME, await stage.operator.makesToken('host', { namePattern: NAME }));
  expect(await host.asks(FIRST_TAGS)).toMatchObject({ status: 200 });
  if (state === 'on its way') return host;
  expect(await host.registers()).toBe('registered');
  expect(await host.pings()).toBe(true);
  if (state === 'registered, and nobody knows') return host;
  stage.world.clock.advance(2_000);
  await stage.world.sweep();
  return host;
};

/** Each call's values are its own. */
const changesOf = ({ by, set, remove }: TagCall, nth: number): TagChanges =>
  tagChanges(Object.fromEntries(set.map((key) => [key, `${by}/${nth}`])), remove);

const send = (
  { operator }: Stage,
  host: Machine,
  { by, remove }: TagCall,
  changes: TagChanges,
): Promise<Answer> => {
  const set = withChanges({}, changes);
  if (by === 'host') return host.tags(set);
  return remove.length > 0 ? operator.untags(NAME, remove) : operator.tags(NAME, set);
};

const taggedBy = ({ remove }: TagCall): string => (remove.length > 0 ? 'ssm.removeTags' : 'ssm.addTags');

const isAccepted = (answer: Answer): boolean => answer !== undefined && answer.status < 300;

/** Before them the name's tags were others. */
const isInRecord = async (world: World, changes: TagChanges): Promise<boolean> => {
  const record = await world.ports.ledger.read(NAME);
  const tags = record ? wantedTags(record) : {};
  return Object.entries(changes).every(([key, value]) => (tagIn(tags, key) ?? null) === value);
};

const withFault = async (
  world: World,
  { way, place: { at, among } }: Played['fault'],
  taggedBy: string,
  lateCalls: LateCalls,
  meanwhile: () => Promise<void>,
  act: () => Promise<Answer>,
): Promise<Answer> => {
  if (way === 'resent') {
    const puts = losePutAnswer(world.dynamoDb, { at: among === 'tagging' ? 1 : at % 4, meanwhile });
    return act().finally(puts.end);
  }
  const silence = fallSilent(way, (arrive) => lateCalls.add(arrive));
  const instead = async (call: MadeCall) => {
    try {
      return await silence(call);
    } finally {
      await meanwhile();
    }
  };
  world.service.interrupt({ at, among: among === 'tagging' ? taggedBy : among, instead });
  const answer = await act();
  if (world.service.isDead) world.restart();
  else world.service.interrupt();
  return answer;
};

/** The next tag call is in the ledger by then, and not on the node. */
const arriveDuringApplication = (world: World, next: TagCall, lateCalls: LateCalls): void => {
  world.service.interrupt({
    at: 0,
    among: taggedBy(next),
    effect: 'before',
    meanwhile: () => lateCalls.allArrive(),
  });
};

/** What comes late has come, the sweep has done all that there is to do, and the machine goes on reporting. */
const passTime = async (world: World, host: Machine): Promise<void> => {
  for (let minute = 0; minute < 8; minute += 1) {
    expect(await host.pings()).toBe(true);
    world.clock.advance(MINUTE);
    await world.sweep();
  }
};
