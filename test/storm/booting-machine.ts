import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { createSimulatedMachine, MachineCallError } from '../../src/local/simulated-machine.ts';

/** Making a key takes longer than all else that a machine does here. */
const keyPair = generateKeyPairSync('rsa', { modulusLength: 2048 });

const Activation = z.object({ ActivationId: z.string(), ActivationCode: z.string() });

export interface Boot {
  readonly name: string;
  readonly tags: string;
  /** Where the API and Systems Manager listen; asked each time, since a restart may move them. */
  readonly api: () => string;
  readonly aws: () => string;
  readonly region: string;
}

const untilAnswered = async <T>(call: () => Promise<T>, isFinal: (error: unknown) => boolean): Promise<T> => {
  for (let tries = 0; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (isFinal(error) || tries > 200) throw error;
      await sleep(Math.random() * Math.min(2_000, 200 * 2 ** tries));
    }
  }
};

/** Asks for an activation as a bootstrap script does: again after `Retry-After`, and again when nobody answers. */
const activate = async (machine: Boot) => {
  const answer = await fetch(`${machine.api()}/activate?name=${machine.name}&tags=${machine.tags}`);
  if (answer.status === 200) return Activation.parse(await answer.json());
  const seconds = Number(answer.headers.get('retry-after') ?? '0');
  await answer.body?.cancel();
  if (seconds === 0) throw new MachineCallError('activate', answer.status, 'Refused', machine.name);
  await sleep(seconds * 1000);
  throw new Error(`turned away with ${answer.status}`);
};

const isRefusal = (error: unknown): boolean => error instanceof MachineCallError && error.status < 500;

/** Boots until it is registered and has pinged; a burned activation makes it ask for another. */
export const boot = async (machine: Boot): Promise<string> => {
  for (;;) {
    const { ActivationId, ActivationCode } = await untilAnswered(() => activate(machine), isRefusal);
    const agent = createSimulatedMachine({
      endpoint: machine.aws(),
      region: machine.region,
      computerName: machine.name,
      keyPair,
    });
    const registration = { activationId: ActivationId, activationCode: ActivationCode };
    try {
      const instanceId = await untilAnswered(() => agent.register(registration), isRefusal);
      await untilAnswered(() => agent.ping(), isRefusal);
      return instanceId;
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }
};
