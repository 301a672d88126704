import { expect } from 'vitest';
import { InstanceName } from '../../../src/activation/instance-name.ts';
import { LATE_MS } from '../../../src/activation/late-calls.ts';
import type { Tags } from '../../../src/activation/tags.ts';
import { type Answer, fromNetwork } from '../caller.ts';
import type { Interruption, MadeCall } from '../interruptible.ts';
import type { Machine } from '../machine.ts';
import { brokenAfterRepair, brokenNow, leaks, unfinished } from '../promises.ts';
import { fallSilent, LateCalls, type Silence, UNHEARD_CODES } from '../silence.ts';
import type { Stage } from '../stage.ts';
import { lookInto } from '../system.ts';
import { LEASE_MS, SETTLED_MS } from '../world.ts';
import { entitlementOf } from './entitlement.ts';

export type Role = 'host' | 'visitor' | 'stranger';

/** How many names the visitors' token lets in. */
const VISITORS = 2;

/** Refusals that a caller who did nothing wrong may meet. */
const KNOWN = [
  'AlreadyRegistered',
  'NameHeldByOtherProof',
  'ActivationInProgress',
  'TokenExhausted',
  'SystemsManagerUnavailable',
];

/** Refusals of tags beside those: there is nothing to tag, or Systems Manager no longer has the node. */
export const UNTAGGABLE = ['NameUnknown', 'TagsRefused'];

/** Some names, each wanted by the host it belongs to, by a visitor with a token for two, and by a stranger without. */
export interface Play extends Stage {
  readonly names: readonly string[];
  readonly machines: ReadonlyMap<string, Machine>;
  /** Nodes whose names an operator released, or tried to. */
  readonly released: Set<string>;
  /** What the service is told may be minutes old: who is let in then goes by that, and P10 by what is true. */
  readonly lags: boolean;
  /** Calls that went unanswered, and happen later. */
  readonly late: LateCalls;
  /** When a process was killed or not answered last: it may hold a name until its lease ends. */
  strandedAt: Date | undefined;
  /** How many steps are being interrupted, one within the other. */
  interruptions: number;
}

/** The second name's own token, or the only one's, lets its host join again. */
export const startPlay = async (stage: Stage, names: readonly string[], lags = false): Promise<Play> => {
  const { operator, machine } = stage;
  const visitors = await operator.makesToken('visitor', { namePattern: 'host-*', maxNames: VISITORS });
  const machines = new Map<string, Machine>();
  for (const [index, name] of names.entries()) {
    const token = await operator.makesToken('host', {
      namePattern: name,
      rejoin: index === 1 || names.length === 1,
    });
    machines.set(`host ${name}`, machine(name, token));
    machines.set(`visitor ${name}`, machine(name, visitors));
    machines.set(`stranger ${name}`, machine(name, fromNetwork('stranger', '10.0.0.7')));
  }
  const late = new LateCalls(stage.world.clock.now, LATE_MS);
  const calm = { strandedAt: undefined, interruptions: 0 };
  return { ...stage, names, machines, lags, late, released: new Set(), ...calm };
};

export const machineOf = ({ machines }: Play, role: Role, name: string): Machine =>
  machines.get(`${role} ${name}`) ?? expect.fail(`there is no ${role} ${name}`);

/** A machine asks, and the answer is one that the contract allows. */
export const ask = async (
  play: Play,
  role: Role,
  name: string,
  tags: Tags,
  isHeard: boolean,
): Promise<void> => {
  const machine = machineOf(play, role, name);
  const before = await entitlement(play, machine);
  const troubled = isTroubled(play) || play.lags;
  const answer = isHeard ? await machine.asks(tags) : await machine.asksUnheard(tags);
  if (!answer) return;
  const after = await entitlement(play, machine);
  if (answer.status === 200 && before === 'must refuse' && after === 'must refuse' && !play.lags) {
    expect.fail(`P4: ${role} got ${name}`);
  }
  if (answer.code === 'TokenExhausted') expect(role).toBe('visitor');
  else if (answer.status !== 200 && before === 'must issue' && after === 'must issue' && !troubled) {
    expect.fail(`${role} did not get ${name}: ${answer.code}`);
  }
  expectKnown(play, answer);
};

export const expectKnown = ({ interruptions }: Play, answer: Answer, ...others: string[]): void => {
  // The ledger was silent, or the request's time passed while it was held up.
  const known = [...KNOWN, ...others, ...(interruptions > 0 ? UNHEARD_CODES : [])];
  if (answer && answer.status >= 300) expect(known).toContain(answer.code);
};

const entitlement = async ({ world, diary, released, names }: Play, { name, caller }: Machine) => {
  const system = await lookInto(world, names);
  const record = await world.ports.ledger.read(InstanceName.parse(name));
  return entitlementOf({ name, caller, system, record, diary, released, now: world.clock.now() });
};

/** Something keeps the service from doing what it should. */
const isTroubled = ({ world, strandedAt, interruptions }: Play): boolean =>
  interruptions > 0 ||
  Object.keys(world.faults).length > 0 ||
  (strandedAt !== undefined && world.clock.now().getTime() - strandedAt.getTime() < LEASE_MS);

/** Does something to which a process falls victim, or that it is held up at. */
export const interrupted = async (
  play: Play,
  interruption: Interruption,
  act: () => Promise<unknown>,
): Promise<void> => {
  const { world } = play;
  world.service.interrupt(interruption);
  play.interruptions += 1;
  await act().finally(() => {
    play.interruptions -= 1;
  });
  if (world.service.isDead) {
    play.strandedAt = world.clock.now();
    world.restart();
  } else {
    world.service.interrupt();
  }
};

/** Does something of which a call goes unanswered; when it is to happen after all, it happens after so many steps. */
export const silenced = async (
  play: Play,
  { at, among, silence, steps }: { at: number; among: string; silence: Silence; steps: number },
  act: () => Promise<unknown>,
): Promise<void> => {
  const { world, diary } = play;
  const fall = fallSilent(silence, (arrive) => play.late.add(arrive, steps));
  const told = diary.answered.length;
  let isSilent = false;
  const instead = (call: MadeCall) => {
    isSilent = true;
    return fall(call);
  };
  await interrupted(play, { at, among, instead }, act);
  if (!isSilent) return;
  play.strandedAt = world.clock.now();
  // What a trail that was silent missed is not held against it.
  if (among === 'events.append') diary.answered.splice(told);
};

export const newestNode = async ({ world, names }: Play, name: string): Promise<string | undefined> =>
  (await lookInto(world, names)).nodes.find((node) => node.name === name)?.id;

export const expectPromises = async ({ world, diary, names }: Play): Promise<void> => {
  expect(await brokenNow(world, diary, names)).toEqual([]);
};

/** All troubles end for a while, and the sweep repairs what they left. */
export const settle = async (play: Play): Promise<void> => {
  const { world, diary, names } = play;
  await world.untroubled(async () => {
    await play.late.allArrive();
    world.clock.advance(SETTLED_MS);
    await world.sweep();
    expect(await brokenAfterRepair(world, diary, names)).toEqual([]);
  });
};

/** What must hold when the play is over: all is settled, and every host can still get in. */
export const endPlay = async (play: Play): Promise<void> => {
  const { world, diary, operator, names } = play;
  for (const key of Object.keys(world.faults)) Reflect.deleteProperty(world.faults, key);
  await settle(play);
  // An attempt that was found abandoned just now is remembered until its activation can no longer come late.
  world.clock.advance(LATE_MS);
  await settle(play);
  expect(await unfinished(world, names)).toEqual([]);
  for (const name of names) {
    await operator.removes(name);
    await machineOf(play, 'host', name).boots({ Role: 'host/last' });
  }
  await settle(play);
  expect(await leaks(world, diary)).toEqual([]);
};
