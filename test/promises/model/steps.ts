import fc from 'fast-check';
import { SILENCES } from '../silence.ts';
import { asking, pinging, registering, tagging } from './machine-steps.ts';
import { deregisteringByHand, operating, renewingToken } from './operator-steps.ts';
import { interrupted, type Play, silenced } from './play.ts';
import { commandOf, type Steps } from './step.ts';
import { hearing, settling, sweeping, troubling, waiting } from './world-steps.ts';

/** Everything that can happen to these names. */
export const commandsFor = (of: readonly string[]): fc.Arbitrary<fc.AsyncCommand<Play, Play>>[] => {
  const names = fc.constantFrom(...of);
  const serving = fc.oneof(
    { weight: 4, arbitrary: asking(names) },
    { weight: 2, arbitrary: tagging(names) },
    { weight: 2, arbitrary: operating(names) },
    { weight: 3, arbitrary: sweeping },
    { weight: 1, arbitrary: hearing(names) },
  );
  const happening = fc.oneof(
    serving,
    registering(names),
    pinging(names),
    deregisteringByHand(names),
    waiting,
  );
  const weighted: readonly (readonly [weight: number, steps: Steps])[] = [
    [2, asking(names)],
    [3, registering(names)],
    [2, pinging(names)],
    [1, tagging(names)],
    [1, operating(names)],
    [2, sweeping],
    [1, deregisteringByHand(names)],
    [1, renewingToken(names)],
    [1, hearing(names)],
    [1, waiting],
    [1, troubling],
    [1, settling],
    [2, killing(serving)],
    [2, overlapping(serving, happening)],
    [2, silencing(serving)],
  ];
  return weighted.flatMap(([weight, steps]) => Array.from({ length: weight }, () => commandOf(steps)));
};

const CALLS = [
  'ledger.read',
  'ledger.replace',
  'events.append',
  'tokens.countName',
  'ssm.nodesOf',
  'ssm.createActivation',
  'ssm.deleteActivation',
  'ssm.addTags',
  'ssm.deregister',
];

/** One of the calls that a process makes for a step. */
const place = { among: fc.constantFrom(...CALLS), at: fc.nat({ max: 2 }) };

/** Before or after it takes effect. */
const moment = fc.record({ ...place, effect: fc.constantFrom('before' as const, 'after' as const) });

const nth = ({ among, at }: { among: string; at: number }): string =>
  `its ${['first', 'second', 'third'][at]} ${among}`;
const shown = (moment: { among: string; at: number; effect: string }): string =>
  `${moment.effect} ${nth(moment)}`;

/** The process is killed while it serves. */
const killing = (serving: Steps): Steps =>
  fc.record({ moment, step: serving }).map(({ moment, step }) => ({
    title: `${step.title}; killed ${shown(moment)}`,
    run: (play) => interrupted(play, moment, () => step.run(play)),
  }));

/** While the process is held up at a call, something else happens, through another process. */
const overlapping = (serving: Steps, happening: Steps): Steps =>
  fc.record({ moment, step: serving, other: happening }).map(({ moment, step, other }) => ({
    title: `${step.title}; ${shown(moment)}: ${other.title}`,
    run: (play) => {
      const meanwhile = () => play.world.elsewhere(() => other.run(play));
      return interrupted(play, { ...moment, meanwhile }, () => step.run(play));
    },
  }));

/** A call of the process goes unanswered while it serves, and may happen some steps later. */
const silencing = (serving: Steps): Steps =>
  fc
    .record({
      silent: fc.record({
        ...place,
        silence: fc.constantFrom(...SILENCES),
        steps: fc.integer({ min: 1, max: 6 }),
      }),
      step: serving,
    })
    .map(({ silent, step }) => ({
      title: `${step.title}; ${nth(silent)} is ${silent.silence}, for ${silent.steps} steps`,
      run: (play) => silenced(play, silent, () => step.run(play)),
    }));
