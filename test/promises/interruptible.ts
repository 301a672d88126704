import { AsyncLocalStorage } from 'node:async_hooks';
import { deadlineIn, type Task } from '../../src/activation/deadline.ts';
import type { PortsFor } from '../../src/activation/ports.ts';
import { unhurried } from '../service.ts';

/** What a process answers everything with once it was killed: nothing it does has any effect. */
export class Killed extends Error {}

/** A call to the world, as it is made. */
export interface MadeCall {
  /** As in `ledger.replace`. */
  readonly name: string;
  perform(): Promise<unknown>;
  /** The same call as it comes to the world by itself, however long after the process has given it up. */
  arrive(): Promise<unknown>;
  /** The process dies while it waits for the answer. */
  kill(): never;
}

interface Place {
  /** Which of the process's calls to the world it hits, counted from 0. */
  readonly at: number;
  /** Only these are counted, as in `ledger.replace`; absent, all are. */
  readonly among?: string | undefined;
}

export type Interruption = Place &
  (
    | {
        /** `before`: the call is never made. `after`: it takes effect, and nobody hears the answer. */
        readonly effect: 'before' | 'after';
        /** What happens at that moment; absent, the process is killed. */
        readonly meanwhile?: (() => Promise<unknown>) | undefined;
        readonly instead?: undefined;
      }
    | {
        readonly effect?: undefined;
        /** What happens in the place of the call. */
        readonly instead: (call: MadeCall) => Promise<unknown>;
      }
  );

/** The world as a process reaches it. */
export interface Reach {
  readonly portsFor: PortsFor;
  /** Another port of the same process, made for a task. */
  also<T extends object>(label: string, portFor: (task: Task) => T): (task: Task) => T;
  /** The calls to the world made since {@link interrupt}, or since the start. */
  readonly calls: readonly string[];
  readonly isDead: boolean;
  /** Counts calls anew, and interrupts one of them. */
  interrupt(interruption?: Interruption): void;
}

const ARRIVAL_MS = 10_000;

/** Ports of a process that can be killed, or held up while something else happens, at any call it awaits. */
export const interruptible = (given: PortsFor): Reach => {
  let calls: string[] = [];
  let interruption: Interruption | undefined;
  let isDead = false;
  let turn: Promise<unknown> = Promise.resolve();

  /** `before`: the calls made before this one. */
  const isHit = ({ at, among }: Interruption, call: string, before: readonly string[]): boolean =>
    (among ?? call) === call && before.filter((made) => (among ?? made) === made).length === at;
  const strike = async (
    call: string,
    before: readonly string[],
    effect: 'before' | 'after',
  ): Promise<void> => {
    if (interruption?.effect !== effect || !isHit(interruption, call, before)) return;
    if (interruption.meanwhile) await interruption.meanwhile();
    else isDead = true;
  };
  const kill = (): never => {
    isDead = true;
    throw new Killed();
  };
  const perform = async ({ name, work, arrive }: Wanted): Promise<unknown> => {
    if (isDead) throw new Killed();
    const before = [...calls];
    calls.push(name);
    if (interruption?.instead && isHit(interruption, name, before)) {
      return interruption.instead({ name, perform: work, arrive, kill });
    }
    await strike(name, before, 'before');
    if (isDead) throw new Killed();
    const answer = work();
    await answer.catch(() => {});
    await strike(name, before, 'after');
    if (isDead) throw new Killed();
    return answer;
  };
  const within = new AsyncLocalStorage<true>();
  /**
   * One call at a time, in the order of asking: the same run then meets the same interruption again. A call that is made in
   * the course of another has no turn to wait for.
   */
  const inTurn = (wanted: Wanted): Promise<unknown> => {
    const during = () => within.run(true, () => perform(wanted));
    if (within.getStore()) return during();
    const result = turn.then(during);
    turn = result.catch(() => {});
    return result;
  };

  const portsFor: PortsFor = (task) => {
    const ports = given(task);
    // Until then it is tried again while Systems Manager has troubles.
    const ofNoTask = () => given({ deadline: deadlineIn(ARRIVAL_MS, { clock: ports.clock }) });
    return {
      ...ports,
      ledger: intercepted('ledger', ports.ledger, inTurn, () => ofNoTask().ledger),
      events: intercepted('events', ports.events, inTurn, () => ofNoTask().events),
      systemsManager: (withinMs) =>
        intercepted('ssm', ports.systemsManager(withinMs), inTurn, () => ofNoTask().systemsManager()),
    };
  };
  return {
    portsFor,
    also: (label, portFor) => (task) => intercepted(label, portFor(task), inTurn, () => portFor(unhurried())),
    get calls() {
      return calls;
    },
    get isDead() {
      return isDead;
    },
    interrupt: (next) => {
      calls = [];
      interruption = next;
    },
  };
};

interface Wanted extends Pick<MadeCall, 'name' | 'arrive'> {
  work(): Promise<unknown>;
}

/** The same port, with every call of it passed through `around`. What comes late has a port of its own. */
const intercepted = <T extends object>(
  label: string,
  port: T,
  around: (wanted: Wanted) => Promise<unknown>,
  portOfNoTask: () => T,
): T =>
  new Proxy(port, {
    get: (target, key) => {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function') return method;
      return (...given: unknown[]) =>
        around({
          name: `${label}.${String(key)}`,
          work: async () => Reflect.apply(method, target, given),
          arrive: async () => {
            const late = portOfNoTask();
            const again: unknown = Reflect.get(late, key);
            return typeof again === 'function' ? Reflect.apply(again, late, given.map(asSent)) : undefined;
          },
        });
    },
  });

/** What was to be confirmed before it is sent was confirmed when it was. */
const asSent = (argument: unknown): unknown =>
  typeof argument === 'object' && argument !== null && 'confirm' in argument
    ? { ...argument, confirm: undefined }
    : argument;
