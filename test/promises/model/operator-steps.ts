import fc from 'fast-check';
import { expectKnown, machineOf, newestNode, UNTAGGABLE } from './play.ts';
import { type Steps, tagKey, tagNumber } from './step.ts';

type Names = fc.Arbitrary<string>;

const tagging = (names: Names): Steps =>
  fc.record({ name: names, key: tagKey, number: tagNumber }).map(({ name, key, number }) => ({
    title: `operator tags ${name} ${key}=operator/${number}`,
    run: async (play) =>
      expectKnown(play, await play.operator.tags(name, { [key]: `operator/${number}` }), ...UNTAGGABLE),
  }));

const untagging = (names: Names): Steps =>
  fc.record({ name: names, key: tagKey }).map(({ name, key }) => ({
    title: `operator untags ${name} ${key}`,
    run: async (play) => expectKnown(play, await play.operator.untags(name, [key]), ...UNTAGGABLE),
  }));

const releasing = (names: Names): Steps =>
  names.map((name) => ({
    title: `operator releases ${name}`,
    run: async (play) => {
      const node = await newestNode(play, name);
      const answer = await play.operator.releases(name);
      expectKnown(play, answer, 'NameUnknown');
      const isTried = !answer || answer.status < 300 || answer.code === 'LedgerUnavailable';
      if (node !== undefined && isTried) play.released.add(node);
    },
  }));

const removing = (names: Names): Steps =>
  names.map((name) => ({
    title: `operator removes ${name}`,
    run: async (play) => expectKnown(play, await play.operator.removes(name), 'NameUnknown'),
  }));

/** Whatever an operator asks of the service about a name. */
export const operating = (names: Names): Steps =>
  fc.oneof(tagging(names), untagging(names), releasing(names), removing(names));

export const deregisteringByHand = (names: Names): Steps =>
  names.map((name) => ({
    title: `${name} is deregistered by hand`,
    run: async (play) => {
      const node = await newestNode(play, name);
      if (node !== undefined) await play.operator.deregistersByHand(node);
    },
  }));

/** The host's later proof is a fresher one. */
export const renewingToken = (names: Names): Steps =>
  names.map((name) => ({
    title: `the host of ${name} gets another token`,
    run: async (play) => {
      machineOf(play, 'host', name).caller = await play.operator.makesToken('host', { namePattern: name });
    },
  }));
