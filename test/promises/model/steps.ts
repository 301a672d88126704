import fc from 'fast-check';
import { asking, pinging, registering, tagging } from './machine-steps.ts';
import { deregisteringByHand, operating, renewingToken } from './operator-steps.ts';
import { interrupted, type Play } from './play.ts';
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

/** Before or after one of the calls that a process makes for a step takes effect. */
const moment = fc.record({
  among: fc.constantFrom(...CALLS),
  at: fc.nat({ max: 2 }),
  effect: fc.constantFrom('before' as const, 'after' as const),
});

const shown = ({ among, at, effect }: { among: string; at: number; effect: string }): string =>
  `${effect} its ${['first', 'second', 'third'][at]} ${among}`;

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
