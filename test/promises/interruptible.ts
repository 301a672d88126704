import { AsyncLocalStorage } from 'node:async_hooks';
import type { Ports } from '../../src/activation/ports.ts';

/** What a process answers everything with once it was killed: nothing it does has any effect. */
export class Killed extends Error {}

/** `before`: the call is never made. `after`: it takes effect, and nobody hears the answer. */
export interface Interruption {
  /** Which of the process's calls to the world it hits, counted from 0. */
  readonly at: number;
  /** Only these are counted, as in `ledger.replace`; absent, all are. */
  readonly among?: string | undefined;
  readonly effect: 'before' | 'after';
  /** What happens at that moment; absent, the process is killed. */
  readonly meanwhile?: (() => Promise<unknown>) | undefined;
}

/** The world as a process reaches it. */
export interface Reach {
  readonly ports: Ports;
  /** Another port of the same process. */
  also<T extends object>(label: string, port: T): T;
  /** The calls to the world made since {@link interrupt}, or since the start. */
  readonly calls: readonly string[];
  readonly isDead: boolean;
  /** Counts calls anew, and interrupts one of them. */
  interrupt(interruption?: Interruption): void;
}

/** Ports of a process that can be killed, or held up while something else happens, at any call it awaits. */
export const interruptible = (given: Ports): Reach => {
  let calls: string[] = [];
  let interruption: Interruption | undefined;
  let isDead = false;
  let turn: Promise<unknown> = Promise.resolve();

  /** `before`: the calls made before this one. */
  const strike = async (
    call: string,
    before: readonly string[],
    effect: Interruption['effect'],
  ): Promise<void> => {
    if (interruption?.effect !== effect || (interruption.among ?? call) !== call) return;
    const { among } = interruption;
    if (before.filter((made) => among === undefined || made === among).length !== interruption.at) return;
    if (interruption.meanwhile) await interruption.meanwhile();
    else isDead = true;
  };
  const perform = async (call: string, work: () => Promise<unknown>): Promise<unknown> => {
    if (isDead) throw new Killed();
    const before = [...calls];
    calls.push(call);
    await strike(call, before, 'before');
    if (isDead) throw new Killed();
    const answer = work();
    await answer.catch(() => {});
    await strike(call, before, 'after');
    if (isDead) throw new Killed();
    return answer;
  };
  const within = new AsyncLocalStorage<true>();
  /**
   * One call at a time, in the order of asking: the same run then meets the same interruption again. A call that is made in
   * the course of another has no turn to wait for.
   */
  const inTurn = (call: string, work: () => Promise<unknown>): Promise<unknown> => {
    const during = () => within.run(true, () => perform(call, work));
    if (within.getStore()) return during();
    const result = turn.then(during);
    turn = result.catch(() => {});
    return result;
  };

  const { systemsManager } = given;
  const ports: Ports = {
    ...given,
    ledger: intercepted('ledger', given.ledger, inTurn),
    events: intercepted('events', given.events, inTurn),
    systemsManager: (deadline) => intercepted('ssm', systemsManager(deadline), inTurn),
  };
  return {
    ports,
    also: (label, port) => intercepted(label, port, inTurn),
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

type Around = (call: string, work: () => Promise<unknown>) => Promise<unknown>;

/** The same port, with every call of it passed through `around`. */
const intercepted = <T extends object>(label: string, port: T, around: Around): T =>
  new Proxy(port, {
    get: (target, key) => {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function') return method;
      return (...given: unknown[]) =>
        around(`${label}.${String(key)}`, async () => Reflect.apply(method, target, given));
    },
  });
