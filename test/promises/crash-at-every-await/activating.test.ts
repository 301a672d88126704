import { bootsAgain, burnedHost, NAME, newHost, registeredHost, sweepSoon } from './cast.ts';
import { killAtEveryAwait } from './kill.ts';

const SILENT_MS = 11 * 60_000;

killAtEveryAwait([
  {
    title: 'a machine activates for the first time',
    before: newHost,
    act: ({ host }) => host.asks({ Role: 'host/first' }),
    again: bootsAgain,
  },
  {
    title: 'a machine activates again, having lost the answer',
    before: async (stage) => {
      const cast = await newHost(stage);
      await cast.host.asksUnheard({ Role: 'host/first' });
      await cast.host.tags({ Owner: 'host/pending' });
      return cast;
    },
    act: ({ host }) => host.asks({ Role: 'host/second' }),
    again: bootsAgain,
  },
  {
    title: 'a machine activates again whose activation is burned',
    before: burnedHost,
    act: ({ host }) => host.asks({ Role: 'host/second' }),
    again: bootsAgain,
  },
  {
    title: 'a machine activates again whose burned node is linked',
    before: async (stage) => {
      const cast = await burnedHost(stage);
      await sweepSoon(cast);
      return cast;
    },
    act: ({ host }) => host.asks({ Role: 'host/second' }),
    again: bootsAgain,
  },
  {
    title: 'a machine rejoins that was silent',
    before: async (stage) => {
      const cast = await registeredHost(stage, true);
      stage.world.clock.advance(SILENT_MS);
      return cast;
    },
    act: ({ host }) => host.asks({ Role: 'host/second' }),
    again: bootsAgain,
  },
  {
    title: 'an operator releases a name and its machine activates',
    before: registeredHost,
    act: async ({ host, operator }) => {
      await operator.releases(NAME);
      await host.asks({ Role: 'host/second' });
    },
    again: async (cast) => {
      await cast.operator.releases(NAME);
      await bootsAgain(cast);
    },
  },
]);
