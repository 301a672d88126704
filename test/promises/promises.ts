import type { ActivationEvent } from '../../src/activation/events.ts';
import { InstanceName } from '../../src/activation/instance-name.ts';
import { REFUSALS_MERGED_MS } from '../../src/activation/merged-refusals.ts';
import type { Diary } from './diary.ts';
import { brokenIf, type NameView } from './name-view.ts';
import { UNHEARD_CODES } from './silence.ts';
import { lookInto, type SystemView } from './system.ts';
import { brokenTagPromises } from './tag-promises.ts';
import { FIXED_TAG, SETTLING_MS, type World } from './world.ts';

const DAY_MS = 24 * 60 * 60_000;

/** Which promises are broken that hold at every moment, whatever failed; each in a few words. */
export const brokenNow = async (world: World, diary: Diary, names: readonly string[]): Promise<string[]> => {
  const system = await lookInto(world, names);
  return names.flatMap((name) => {
    const handed = diary.handed.filter((activation) => activation.name === name);
    const usable = system.usable.filter(({ id }) => handed.some((activation) => activation.id === id));
    const activations = system.activations.filter(({ DefaultInstanceName }) => DefaultInstanceName === name);
    return [
      ...brokenIf(
        usable.length > 1,
        `P1: ${usable.length} machines were given activations of ${name} that work`,
      ),
      ...activations.flatMap(({ RegistrationLimit, CreatedDate, ExpirationDate }) => {
        const lifeMs =
          (ExpirationDate?.getTime() ?? Number.POSITIVE_INFINITY) - (CreatedDate?.getTime() ?? 0);
        return brokenIf(
          RegistrationLimit !== 1 || lifeMs > DAY_MS,
          `P2: ${RegistrationLimit} uses in ${lifeMs} ms`,
        );
      }),
      ...foreignTags(name, system, diary),
    ];
  });
};

/** P8: whoever registered a node chose its tags, within policy, or an operator did. */
const foreignTags = (name: string, system: SystemView, diary: Diary): string[] =>
  system.nodes
    .filter((node) => node.name === name)
    .flatMap((node) => {
      const owner = diary.handed.find(({ id }) => id === node.activationId)?.by;
      const fixed = owner?.proof === 'network' ? FIXED_TAG.byNetwork : FIXED_TAG.byToken;
      const mayBe = (key: string, value: string) =>
        key === FIXED_TAG.key ? value === fixed : [owner?.label, 'operator'].includes(value.split('/')[0]);
      return Object.entries(node.tags)
        .filter(([key, value]) => !mayBe(key, value))
        .map(([key, value]) => `P8: ${node.id} of ${owner?.label} has ${key}=${value}`);
    });

/** Which promises are broken that hold once the sweep has repaired what failed. */
export const brokenAfterRepair = async (
  world: World,
  diary: Diary,
  names: readonly string[],
): Promise<string[]> => {
  const system = await lookInto(world, names);
  const broken = await Promise.all(
    names.map(async (name) => {
      const record = await world.ports.ledger.read(InstanceName.parse(name));
      const { events } = await world.ports.events.list({ name, limit: 1_000 });
      const settledUntil = new Date(world.clock.now().getTime() - SETTLING_MS);
      const view = { name, record, system, events: events.toReversed(), diary, settledUntil };
      return [...brokenActivations(view), ...brokenMapping(view), ...brokenTagPromises(view)];
    }),
  );
  return [
    ...(await brokenNow(world, diary, names)),
    ...broken.flat(),
    ...(await missingEvents(world, diary)),
  ];
};

const brokenActivations = ({ name, record, system }: NameView): string[] => {
  const usable = system.usable.filter((activation) => activation.name === name);
  return [
    ...brokenIf(usable.length > 1, `P1: ${usable.length} activations of ${name} work`),
    ...usable
      .filter(({ id }) => id !== record?.activation?.id)
      .map(({ id }) => `P7: the ledger does not know that ${id} of ${name} works`),
  ];
};

/** P6: the name maps to the one node that is left, once all that registered are old enough to be judged. */
const brokenMapping = ({ name, record, system, events, settledUntil }: NameView): string[] => {
  const [newest, ...others] = system.nodes.filter((node) => node.name === name);
  const known = record?.node?.id;
  if (newest && newest.registeredAt >= settledUntil.getTime()) return [];
  const linked = events.some(({ kind, nodeId }) => kind === 'NodeLinked' && nodeId === known);
  return [
    ...brokenIf(
      newest !== undefined && newest.id !== known,
      `P6: ${name} is ${newest?.id}, the ledger says ${known}`,
    ),
    ...others.map(({ id }) => `P6: ${name} left ${id} registered`),
    ...brokenIf(known !== undefined && !linked, `P9: no event says that ${known} is ${name}`),
  ];
};

/** P9: whatever was answered, an event of that request names who asked, and the reason when it was refused. */
const missingEvents = async (world: World, diary: Diary): Promise<string[]> => {
  const { events } = await world.ports.events.list({ limit: 10_000 });
  const byRequest = Map.groupBy(events, ({ requestId }) => requestId ?? '');
  const merged = events.filter(({ count = 1 }) => count > 1);
  return diary.answered.flatMap(({ requestId, who, status, code, at }) => {
    const found = [...(byRequest.get(requestId) ?? []), ...merged.filter((event) => mayCount(event, at))];
    const tells = found.some((event) =>
      who === 'operator'
        ? event.actor.kind === 'operator'
        : event.actor.kind === 'machine' &&
          event.actor.principal.proof === who.proof &&
          event.actor.principal.subject === who.subject &&
          event.code === code,
    );
    const isOperatorsRefusal = who === 'operator' && status >= 300;
    // A ledger that is silent may know neither the caller's proof nor the event.
    const isUntold = isOperatorsRefusal || UNHEARD_CODES.includes(code ?? '');
    return brokenIf(!tells && !isUntold, `P9: no event tells of an answer ${status} ${code ?? ''}`);
  });
};

/** Refusals of one caller are one event, which is of the last request. */
const mayCount = (event: ActivationEvent, at: Date): boolean =>
  event.at <= at && at.getTime() - event.at.getTime() < REFUSALS_MERGED_MS;

/** What a name still waits for that can be waited for no longer, once all has settled. */
export const unfinished = async (world: World, names: readonly string[]): Promise<string[]> => {
  const records = await Promise.all(names.map((name) => world.ports.ledger.read(InstanceName.parse(name))));
  return records.flatMap((record) => {
    if (!record) return [];
    const { name, attempt, superseded, strayAttempts, replacedNodes, node } = record;
    const left = {
      attempts: attempt ? 1 : 0,
      superseded: superseded.length,
      strays: strayAttempts.length,
      replaced: replacedNodes.length,
      tags: node?.unappliedTags.length ?? 0,
      late: Object.keys(node?.lateTags ?? {}).length,
    };
    return Object.entries(left).flatMap(([what, count]) =>
      brokenIf(count > 0, `P7: ${name} still has ${count} ${what}`),
    );
  });
};

/** P3: neither the ledger nor the log holds a code or a token's secret. */
export const leaks = async (world: World, diary: Diary): Promise<string[]> => {
  const traces = await world.traces();
  const secrets = [...diary.secrets, ...diary.handed.map(({ code }) => code)];
  return secrets.filter((secret) => traces.includes(secret)).map(() => 'P3: a secret was written down');
};
