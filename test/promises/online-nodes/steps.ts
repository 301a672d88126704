import fc from 'fast-check';
import { ManagedNodeId } from '../../../src/activation/identifiers.ts';
import { nodesDeregistered, nodesRegistered } from '../../../src/activation/node-events.ts';
import type { Principal, ProofKind } from '../../../src/activation/principal.ts';
import { release } from '../../../src/activation/release.ts';
import { remove } from '../../../src/activation/remove.ts';
import { sweep } from '../../../src/activation/sweep.ts';
import { fallSilent, SILENCES } from '../silence.ts';
import { asks, elsewhere, interrupted, NAME, orRefused, type Play, pings, registers } from './play.ts';

export interface Step {
  readonly title: string;
  run(play: Play): Promise<unknown>;
}
type Steps = fc.Arbitrary<Step>;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const MIDNIGHT = Date.parse('2026-11-21T00:00:00Z');
const KINDS: readonly ProofKind[] = ['instance-identity', 'join-token', 'oidc', 'network'];

/** Two callers of each kind of proof, with proofs of equal, older and newer date. */
const principals: fc.Arbitrary<Principal> = fc
  .record({
    proof: fc.oneof(
      { weight: 3, arbitrary: fc.constant('instance-identity' as const) },
      fc.constantFrom(...KINDS),
    ),
    subject: fc.constantFrom('a/1', 'a/2'),
    age: fc.integer({ min: 0, max: 3 }),
    mayRejoin: fc.boolean(),
  })
  .map(({ proof, subject, age, mayRejoin }) => ({
    proof,
    subject,
    mayRejoin: proof === 'join-token' && mayRejoin,
    ...(proof !== 'network' && { madeAt: new Date(MIDNIGHT - age * MINUTE) }),
  }));

const choice = fc.nat({ max: 5 });

const asking: Steps = principals.map((principal) => ({
  title: `${principal.proof} ${principal.subject} of ${principal.madeAt?.toISOString()} asks`,
  run: (play) => asks(play, principal),
}));
const registering: Steps = choice.map((nth) => ({
  title: `machine ${nth} registers`,
  run: (play) => registers(play, nth),
}));
const pinging: Steps = choice.map((nth) => ({
  title: `machine ${nth} pings`,
  run: (play) => pings(play, nth),
}));
const waiting: Steps = fc
  .constantFrom(2 * SECOND, 20 * SECOND, 70 * SECOND, 4 * MINUTE, 5 * MINUTE + SECOND, 11 * MINUTE)
  .map((milliseconds) => ({
    title: `${milliseconds / SECOND} s pass`,
    run: async ({ stage }) => stage.clock.advance(milliseconds),
  }));
const sweeping: Steps = fc.constant({
  title: 'a sweep',
  run: ({ stage }) => orRefused(() => sweep(stage.ports())),
});

/** EventBridge tells of registrations and deregistrations late, doubled, or of what did not happen. */
const hearing: Steps = fc.tuple(choice, fc.boolean()).map(([nth, isRegistration]) => ({
  title: `an event tells of the ${isRegistration ? '' : 'de'}registration of machine ${nth}`,
  run: ({ stage, machines }) =>
    orRefused(async () => {
      const id = machines[nth % Math.max(1, machines.length)]?.instanceId;
      if (id === undefined) return;
      const tell = isRegistration ? nodesRegistered : nodesDeregistered;
      await tell(stage.ports(), [ManagedNodeId.parse(id)]);
    }),
}));

const ORDER = { name: NAME, operator: 'someone' };
const releasing: Steps = fc.constant({
  title: 'an operator releases the name',
  run: (play) => orRefused(() => release(play.stage.ports(), ORDER)),
});
const removing: Steps = fc.constant({
  title: 'an operator removes the name',
  run: async (play) => {
    play.stage.chronicle.removes(play.handed.map(({ id }) => id));
    await orRefused(() => remove(play.stage.ports(), ORDER));
    play.stage.chronicle.removes(play.handed.map(({ id }) => id));
  },
});

const serving = fc.oneof(
  { weight: 5, arbitrary: asking },
  { weight: 4, arbitrary: sweeping },
  { weight: 2, arbitrary: hearing },
  { weight: 1, arbitrary: releasing },
);
const happening = fc.oneof(serving, registering, pinging, waiting);

const moment = fc.record({
  at: fc.nat({ max: 8 }),
  effect: fc.constantFrom('before' as const, 'after' as const),
});
const killing: Steps = fc.tuple(moment, serving).map(([at, step]) => ({
  title: `${step.title}; killed ${at.effect} call ${at.at}`,
  run: (play) => interrupted(play, at, () => step.run(play)),
}));
const overlapping: Steps = fc.tuple(moment, serving, happening).map(([at, step, other]) => ({
  title: `${step.title}; ${at.effect} call ${at.at}: ${other.title}`,
  run: (play) =>
    interrupted(play, { ...at, meanwhile: () => elsewhere(play, () => other.run(play)) }, () =>
      step.run(play),
    ),
}));

const silencing: Steps = fc
  .record({
    at: fc.nat({ max: 8 }),
    silence: fc.constantFrom(...SILENCES),
    steps: fc.integer({ min: 1, max: 6 }),
    step: serving,
  })
  .map(({ at, silence, steps, step }) => ({
    title: `${step.title}; call ${at} is ${silence}, for ${steps} steps`,
    run: (play) => {
      const instead = fallSilent(silence, (arrive) => play.late.add(arrive, steps));
      return interrupted(play, { at, instead }, () => step.run(play));
    },
  }));

const toldBy = (steps: Steps): Steps => steps.map((step) => ({ ...step, toString: () => step.title }));

/** Everything that can happen to a name; an operator removes it seldom, since nothing is promised of what came before. */
export const steps: Steps = toldBy(
  fc.oneof(
    { weight: 10, arbitrary: asking },
    { weight: 10, arbitrary: registering },
    { weight: 10, arbitrary: pinging },
    { weight: 10, arbitrary: waiting },
    { weight: 8, arbitrary: sweeping },
    { weight: 4, arbitrary: hearing },
    { weight: 2, arbitrary: releasing },
    { weight: 1, arbitrary: removing },
    { weight: 4, arbitrary: killing },
    { weight: 8, arbitrary: overlapping },
    { weight: 6, arbitrary: silencing },
  ),
);
