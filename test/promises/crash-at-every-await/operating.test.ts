import { expect } from 'vitest';
import { fromNetwork } from '../caller.ts';
import { bootsAgain, isIn, NAME, newHost, registeredHost, unlinkedHost } from './cast.ts';
import { killAtEveryAwait } from './kill.ts';

killAtEveryAwait([
  {
    title: 'a machine is tagged that has not registered',
    before: async (stage) => {
      const cast = await newHost(stage);
      await cast.host.asks({ Role: 'host/first' });
      await cast.host.tags({ Owner: 'host/earlier' });
      return cast;
    },
    act: ({ host }) => host.tags({ Owner: 'host/later' }),
    again: async ({ host }) => {
      expect(await host.registers()).toBe('registered');
      expect(await host.pings()).toBe(true);
    },
  },
  {
    title: 'a machine is tagged that has registered and is not linked yet',
    before: unlinkedHost,
    act: ({ host }) => host.tags({ Role: 'host/later' }),
    again: isIn,
  },
  {
    title: 'an operator tags and untags a node',
    before: registeredHost,
    act: async ({ operator }) => {
      await operator.tags(NAME, { Owner: 'operator/1', Role: 'operator/1' });
      await operator.untags(NAME, ['Role']);
    },
    again: isIn,
  },
  {
    title: 'an operator removes a node',
    before: registeredHost,
    act: ({ operator }) => operator.removes(NAME),
    again: async (cast) => {
      expect(await cast.operator.removes(NAME)).toMatchObject({ status: 200 });
      await bootsAgain(cast);
    },
  },
  {
    title: 'an operator removes an activation that is out',
    before: async (stage) => {
      const cast = await newHost(stage);
      await cast.host.asksUnheard();
      return cast;
    },
    act: ({ operator }) => operator.removes(NAME),
    again: bootsAgain,
  },
  {
    title: 'another caller is refused',
    before: registeredHost,
    act: async (cast) => {
      await cast.machine(NAME, fromNetwork('stranger', '10.0.0.7')).asks({ Role: 'stranger/1' });
    },
    again: isIn,
  },
]);
