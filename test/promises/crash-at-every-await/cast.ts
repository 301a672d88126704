import { expect } from 'vitest';
import type { Machine } from '../machine.ts';
import type { Stage } from '../stage.ts';
import { SETTLED_MS } from '../world.ts';

export const NAME = 'host-1';

export interface Cast extends Stage {
  /** It proves itself by a token that is good for one name. */
  readonly host: Machine;
}

export const newHost = async (stage: Stage, rejoin = false): Promise<Cast> => {
  const token = await stage.operator.makesToken('host', { namePattern: NAME, rejoin });
  return { ...stage, host: stage.machine(NAME, token) };
};

/** Its node is Online, and linked. */
export const registeredHost = async (stage: Stage, rejoin = false): Promise<Cast> => {
  const cast = await newHost(stage, rejoin);
  await cast.host.boots({ Role: 'host/first' });
  await sweepSoon(cast);
  return cast;
};

/** It registered, and never learnt so. */
export const burnedHost = async (stage: Stage): Promise<Cast> => {
  const cast = await newHost(stage);
  await cast.host.asks({ Role: 'host/first' });
  await cast.host.tags({ Owner: 'host/burned' });
  await cast.host.registersUnheard();
  return cast;
};

/** Its node reports, and is not linked; tags wait for it. */
export const unlinkedHost = async (stage: Stage): Promise<Cast> => {
  const cast = await newHost(stage);
  await cast.host.asks({ Role: 'host/first' });
  await cast.host.tags({ Owner: 'host/pending' });
  await cast.host.registers();
  await cast.host.pings();
  return cast;
};

export const sweepSoon = async ({ world }: Stage): Promise<void> => {
  world.clock.advance(2_000);
  await world.sweep();
};

/** Whatever registered is old enough to be judged; its machine reports meanwhile. */
export const sweepSettled = async ({ world, host }: Cast): Promise<void> => {
  world.clock.advance(SETTLED_MS);
  await host.pings();
  await world.sweep();
};

/** The machine heard no answer, asks again and gets in. */
export const bootsAgain = ({ host }: Cast): Promise<void> => host.boots({ Role: 'host/again' });

/** The machine was in and stays so: asking again is refused, and tagging works. */
export const isIn = async ({ host }: Cast): Promise<void> => {
  expect(await host.pings()).toBe(true);
  expect(await host.asks()).toMatchObject({ status: 409 });
  expect(await host.tags({ Role: 'host/last' })).toMatchObject({ status: 200 });
};
