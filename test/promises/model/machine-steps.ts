import fc from 'fast-check';
import { ask, expectKnown, machineOf, type Role, UNTAGGABLE } from './play.ts';
import { type Steps, tagKey, tagNumber } from './step.ts';

type Names = fc.Arbitrary<string>;

const anyRole = fc.constantFrom<Role>('host', 'host', 'host', 'visitor', 'stranger');

export const asking = (names: Names): Steps =>
  fc
    .record({ role: anyRole, name: names, key: fc.option(tagKey), number: tagNumber, isHeard: fc.boolean() })
    .map(({ role, name, key, number, isHeard }) => {
      const tags = key ? { [key]: `${role}/${number}` } : {};
      return {
        title: `${role} of ${name} asks ${JSON.stringify(tags)}${isHeard ? '' : ', unheard'}`,
        run: (play) => ask(play, role, name, tags, isHeard),
      };
    });

export const registering = (names: Names): Steps =>
  fc.record({ role: anyRole, name: names, isHeard: fc.boolean() }).map(({ role, name, isHeard }) => ({
    title: `${role} of ${name} registers${isHeard ? '' : ', unheard'}`,
    run: (play) => {
      const machine = machineOf(play, role, name);
      return isHeard ? machine.registers() : machine.registersUnheard();
    },
  }));

export const pinging = (names: Names): Steps =>
  fc.record({ role: anyRole, name: names }).map(({ role, name }) => ({
    title: `${role} of ${name} pings`,
    run: (play) => machineOf(play, role, name).pings(),
  }));

export const tagging = (names: Names): Steps =>
  fc
    .record({ role: anyRole, name: names, key: tagKey, number: tagNumber })
    .map(({ role, name, key, number }) => ({
      title: `${role} of ${name} tags ${key}=${role}/${number}`,
      run: async (play) => {
        const answer = await machineOf(play, role, name).tags({ [key]: `${role}/${number}` });
        expectKnown(play, answer, ...UNTAGGABLE);
      },
    }));
