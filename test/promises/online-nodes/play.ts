import { DescribeInstanceInformationCommand } from '@aws-sdk/client-ssm';
import { expect } from 'vitest';
import { type Activation, activate } from '../../../src/activation/activate.ts';
import { ActivationError } from '../../../src/activation/errors.ts';
import { InstanceName } from '../../../src/activation/instance-name.ts';
import { LATE_MS } from '../../../src/activation/late-calls.ts';
import type { Principal } from '../../../src/activation/principal.ts';
import { sweep } from '../../../src/activation/sweep.ts';
import { createSimulatedMachine, type SimulatedMachine } from '../../../src/local/simulated-machine.ts';
import { REGION } from '../../service.ts';
import { type Interruption, Killed } from '../interruptible.ts';
import { LateCalls } from '../silence.ts';
import { keyPair, SETTLING_MS, type Stage } from './stage.ts';

export const NAME = InstanceName.parse('host-1');
const HOUR_MS = 60 * 60_000;

/** A stage, and the machines on it. */
export interface Play {
  readonly stage: Stage;
  /** Calls that went unanswered, and happen later. */
  readonly late: LateCalls;
  /** Activations that were handed out, used or not. */
  readonly handed: Activation[];
  readonly unused: Activation[];
  readonly machines: SimulatedMachine[];
}

export const startPlay = (stage: Stage): Play => ({
  stage,
  late: new LateCalls(stage.clock.now, LATE_MS),
  handed: [],
  unused: [],
  machines: [],
});

/** Refusals, and the death of a process, are part of the play; nothing else is. */
export const orRefused = async (work: () => Promise<unknown>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    const met = error instanceof AggregateError ? error.errors : [error];
    const isPlayed = (one: unknown) => one instanceof ActivationError || one instanceof Killed;
    if (!met.every(isPlayed)) throw error;
  }
};

export const asks = ({ stage, handed, unused }: Play, principal: Principal): Promise<void> =>
  orRefused(async () => {
    const order = { name: NAME, tags: {}, principal, lifetimeMs: HOUR_MS };
    const activation = await activate(stage.ports(), order);
    handed.push(activation);
    unused.push(activation);
  });

/** A machine registers with one of the activations that were handed out, and sooner or later with each. */
export const registers = async ({ stage, unused, machines }: Play, choice: number): Promise<void> => {
  const [activation] = unused.splice(choice % Math.max(1, unused.length), 1);
  if (!activation) return;
  const machine = createSimulatedMachine({
    endpoint: stage.aws.url,
    region: REGION,
    computerName: NAME,
    clock: stage.clock.now,
    keyPair,
  });
  try {
    const { id: activationId, code } = activation;
    const node = await machine.register({ activationId, activationCode: code.reveal() });
    stage.chronicle.registers(node, activationId);
    machines.push(machine);
  } catch {
    // It was deleted, or has expired.
  }
};

export const pings = async ({ stage, machines }: Play, choice: number): Promise<void> => {
  const machine = machines[choice % Math.max(1, machines.length)];
  if (!machine?.instanceId) return;
  try {
    await machine.ping();
    stage.chronicle.pings(machine.instanceId);
  } catch {
    // It was deregistered.
  }
};

/** Does something to which a process falls victim, or that it is held up at. */
export const interrupted = async (
  { stage }: Play,
  interruption: Interruption,
  act: () => Promise<unknown>,
): Promise<void> => {
  const { process } = stage;
  process.interrupt(interruption);
  await act();
  if (process.isDead) stage.restart();
  else process.interrupt();
};

/** Does something through another process while this one is held up. */
export const elsewhere = async ({ stage }: Play, act: () => Promise<unknown>): Promise<void> => {
  const held = stage.process;
  stage.restart();
  try {
    await act();
  } finally {
    stage.resume(held);
  }
};

/** All is decided in the end: one node is left at most, and the name maps to it. */
export const ends = async (play: Play): Promise<void> => {
  const { stage } = play;
  const { clock, chronicle } = stage;
  await play.late.allArrive();
  clock.advance(HOUR_MS + SETTLING_MS);
  for (let round = 0; round < 4; round += 1) {
    clock.advance(SETTLING_MS + 1_000);
    await sweep(stage.ports(60_000));
  }
  expect(chronicle.broken).toEqual([]);
  const record = await stage.ports().ledger.read(NAME);
  const {
    attempt,
    activation,
    superseded = [],
    newcomer,
    replacedNodes = [],
    strayAttempts = [],
  } = record ?? {};
  expect([attempt, activation, newcomer, ...superseded, ...replacedNodes, ...strayAttempts]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  const { InstanceInformationList: nodes = [] } = await stage.truly((ssm) =>
    ssm.send(new DescribeInstanceInformationCommand({ MaxResults: 50 })),
  );
  expect(nodes.map(({ InstanceId }) => InstanceId)).toEqual(record?.node ? [record.node.id] : []);
};
