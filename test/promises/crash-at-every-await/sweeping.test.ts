import { AwsError } from '../../../src/local/aws/errors.ts';
import {
  bootsAgain,
  burnedHost,
  isIn,
  NAME,
  newHost,
  registeredHost,
  sweepSettled,
  sweepSoon,
  unlinkedHost,
} from './cast.ts';
import { killAtEveryAwait } from './kill.ts';

const EXPIRED_MS = 66 * 60_000;

killAtEveryAwait([
  {
    title: 'the sweep links a node and applies its tags',
    before: unlinkedHost,
    act: sweepSoon,
    again: isIn,
  },
  {
    title: 'the sweep deletes what a lost answer left, and the earlier activation',
    before: async (stage) => {
      const cast = await newHost(stage);
      await cast.host.asksUnheard();
      stage.world.faults.loseAnswer = (operation) =>
        operation === 'CreateActivation' || operation === 'DeleteActivation';
      await cast.host.asks();
      delete stage.world.faults.loseAnswer;
      return cast;
    },
    act: sweepSoon,
    again: bootsAgain,
  },
  {
    title: 'the sweep deregisters the burned node that another replaced',
    before: async (stage) => {
      const cast = await burnedHost(stage);
      await sweepSoon(cast);
      await cast.host.boots({ Role: 'host/second' });
      return cast;
    },
    act: sweepSettled,
    again: isIn,
  },
  {
    title: 'the sweep deregisters the silent node that another replaced',
    before: async (stage) => {
      const cast = await registeredHost(stage, true);
      stage.world.clock.advance(11 * 60_000);
      await cast.host.boots({ Role: 'host/second' });
      return cast;
    },
    act: sweepSettled,
    again: isIn,
  },
  {
    title: 'the sweep revokes an activation because the node came Online after all',
    before: async (stage) => {
      const cast = await newHost(stage);
      await cast.host.asks({ Role: 'host/first' });
      await cast.host.registers();
      await cast.machine(NAME, cast.host.caller).asks({ Role: 'host/second' });
      await cast.host.pings();
      return cast;
    },
    act: sweepSettled,
    again: isIn,
  },
  {
    title: 'the sweep drops the tags of an activation that nobody used',
    before: async (stage) => {
      const cast = await newHost(stage);
      await cast.host.asksUnheard();
      await cast.host.tags({ Owner: 'host/unused' });
      stage.world.clock.advance(EXPIRED_MS);
      return cast;
    },
    act: sweepSoon,
    again: bootsAgain,
  },
  {
    title: 'the sweep learns that Systems Manager refuses tags',
    before: async (stage) => {
      const cast = await unlinkedHost(stage);
      stage.world.faults.refuse = (operation) =>
        operation === 'AddTagsToResource' ? new AwsError('TooManyTagsError') : undefined;
      return cast;
    },
    act: sweepSoon,
    again: async (cast) => {
      delete cast.world.faults.refuse;
      await isIn(cast);
    },
  },
]);
