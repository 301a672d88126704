import { ask, machineOf, newestNode, type Play } from '../model/play.ts';
import type { Step } from '../model/step.ts';
import { LEASE_MS } from '../world.ts';

export const NAME = 'host-1';
const SILENT_MS = 11 * 60_000;

const host = (play: Play) => machineOf(play, 'host', NAME);

export const asks: Step = {
  title: 'its machine asks',
  run: (play) => ask(play, 'host', NAME, { Role: 'host/1' }, true),
};
const asksPlainly: Step = {
  title: 'its machine asks again',
  run: (play) => ask(play, 'host', NAME, {}, true),
};
const strangerAsks: Step = { title: 'a stranger asks', run: (play) => ask(play, 'stranger', NAME, {}, true) };
const tags: Step = { title: 'its machine tags', run: (play) => host(play).tags({ Owner: 'host/2' }) };
const registers: Step = { title: 'its machine registers', run: (play) => host(play).registers() };
const burns: Step = { title: 'its machine registers unheard', run: (play) => host(play).registersUnheard() };
const pings: Step = { title: 'its machine reports', run: (play) => host(play).pings() };
const comesIn: Step = {
  title: 'its machine registers and reports',
  run: async (play) => {
    await registers.run(play);
    await pings.run(play);
  },
};
const operatorTags: Step = {
  title: 'an operator tags it',
  run: ({ operator }) => operator.tags(NAME, { Role: 'operator/1' }),
};
const operatorUntags: Step = {
  title: 'an operator untags it',
  run: ({ operator }) => operator.untags(NAME, ['Owner']),
};
const removes: Step = { title: 'an operator removes it', run: ({ operator }) => operator.removes(NAME) };
const releases: Step = {
  title: 'an operator releases it',
  run: async (play) => {
    const before = await newestNode(play, NAME);
    const answer = await play.operator.releases(NAME);
    const after = await newestNode(play, NAME);
    for (const node of [before, after])
      if (node !== undefined && answer?.status === 200) play.released.add(node);
  },
};
const isDeregistered: Step = {
  title: 'it is deregistered by hand',
  run: async (play) => {
    const node = await newestNode(play, NAME);
    if (node !== undefined) await play.operator.deregistersByHand(node);
  },
};
const sweeps: Step = {
  title: 'the sweep runs',
  run: ({ world }) => {
    world.clock.advance(5_000);
    return world.sweep();
  },
};
const isLinked: Step = {
  title: 'its machine registers, reports and is linked',
  run: async (play) => {
    await comesIn.run(play);
    await sweeps.run(play);
  },
};
const isSilent: Step = { title: 'it is silent', run: async ({ world }) => world.clock.advance(SILENT_MS) };
const leaseEnds: Step = {
  title: 'its lease ends and its machine asks again',
  run: async (play) => {
    play.world.clock.advance(LEASE_MS);
    await asksPlainly.run(play);
  },
};

/** Where a name stands. */
export const states: readonly { readonly title: string; readonly steps: readonly Step[] }[] = [
  { title: 'nobody asked for', steps: [] },
  { title: 'whose activation is out', steps: [asks] },
  { title: 'whose tags wait', steps: [asks, tags] },
  { title: 'whose activation is out for the second time', steps: [asks, tags, asksPlainly] },
  { title: 'whose node is burned', steps: [asks, tags, burns, sweeps] },
  { title: 'whose node is not linked', steps: [asks, tags, registers, pings] },
  { title: 'whose node is Online', steps: [asks, comesIn, sweeps] },
  { title: 'whose node is silent', steps: [asks, comesIn, sweeps, isSilent] },
  { title: 'whose silent node is about to be replaced', steps: [asks, comesIn, sweeps, isSilent, asks] },
  { title: 'whose node is released', steps: [asks, comesIn, sweeps, releases] },
  { title: 'whose node is about to be replaced', steps: [asks, comesIn, sweeps, releases, asks] },
];

/** What a process does about it, call by call. */
export const acts: readonly Step[] = [asks, tags, operatorTags, operatorUntags, removes, releases, sweeps];

/** What happens in the middle of that. */
export const interludes: readonly Step[] = [
  asksPlainly,
  strangerAsks,
  tags,
  registers,
  comesIn,
  isLinked,
  pings,
  operatorTags,
  operatorUntags,
  removes,
  releases,
  isDeregistered,
  sweeps,
  leaseEnds,
];
