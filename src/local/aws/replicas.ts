/**
 * The stand-in's eventual consistency. Writes are judged on the true state; reads ask one of a few replicas, which has
 * each write late by a lag of its own. So a node may be seen before its ping is, and a second read may go back in time.
 */
import type { Records } from './collection.ts';
import { History, type PastWrite } from './history.ts';
import { type Lag, lagFor, mostOf, type Write } from './lag.ts';
import type { Activation, ManagedNode } from './records.ts';

/** What one read is answered from. */
export interface Replica {
  readonly activations: Records<Activation>;
  readonly nodes: Records<ManagedNode>;
  /** Whether a node that is lost unless it pings by then is lost, as far as this replica knows. */
  readonly knowsOfSilence: (node: ManagedNode, at: number) => boolean;
}

/** Whether a record that was made by this write is known already where a change to it is asked for. */
export type KnowsOf = (write: Write) => boolean;

interface Delays {
  readonly lagMs?: Lag | undefined;
  readonly unknownForMs?: Lag | undefined;
}

export interface Replicas {
  readonly activations: History<Activation>;
  readonly nodes: History<ManagedNode>;
  readonly read: (state: Pick<Replica, 'activations' | 'nodes'>) => Replica;
  readonly knowsOf: KnowsOf;
}

const replicaCount = 3;

/** Read anew at each call. `random` gives numbers in [0, 1). */
export function createReplicas(faults: Delays, clock: () => Date, random: () => number): Replicas {
  let keptMs = 0;
  // The longest so far, so that a test may put its faults aside for a while without losing what they hide.
  const keepMs = () => {
    keptMs = Math.max(keptMs, mostOf(faults.lagMs ?? 0));
    return keptMs;
  };
  const activations = new History<Activation>(
    {
      of: 'activation',
      made: 'creation',
      ended: 'deletion',
      parts: { registrations: ['registrationsCount'] },
    },
    clock,
    keepMs,
  );
  const nodes = new History<ManagedNode>(
    {
      of: 'node',
      made: 'registration',
      ended: 'deregistration',
      parts: { ping: ['lastPingAt', 'report'], tags: ['tags'], role: ['iamRole'] },
    },
    clock,
    keepMs,
  );

  function laggingRead(lag: Lag, state: Pick<Replica, 'activations' | 'nodes'>): Replica {
    const now = clock().getTime();
    const replica = typeof lag === 'object' ? Math.floor(random() * replicaCount) : 0;
    const arrivalOf = (write: Write, draw: () => number) => write.at + lagFor(lag, write, draw);
    const isVisible = (write: PastWrite) => {
      const draw = () => {
        const drawn = write.draws[replica] ?? random();
        write.draws[replica] = drawn;
        return drawn;
      };
      return arrivalOf(write, draw) <= now;
    };
    // One for the whole read, so that a filter by status and the status shown agree.
    const drawnForSilence = typeof lag === 'object' ? random() : 0;
    return {
      activations: activations.seenBy(state.activations, isVisible),
      nodes: nodes.seenBy(state.nodes, isVisible),
      knowsOfSilence: ({ id }, at) =>
        arrivalOf({ of: 'node', id, aspect: 'silence', at }, () => drawnForSilence) < now,
    };
  }

  return {
    activations,
    nodes,
    read: (state) =>
      keepMs() === 0 || faults.lagMs === undefined
        ? { ...state, knowsOfSilence: (_node, at) => at < clock().getTime() }
        : laggingRead(faults.lagMs, state),
    knowsOf: (write) => write.at + lagFor(faults.unknownForMs ?? 0, write, random) <= clock().getTime(),
  };
}
