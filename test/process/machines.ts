import { generateKeyPairSync } from 'node:crypto';
import * as z from 'zod';
import { createSimulatedMachine } from '../../src/local/simulated-machine.ts';
import type { ServerProcess } from './server-process.ts';

/** Making one takes long; the machines of a test file share it. */
const keyPair = generateKeyPairSync('rsa', { modulusLength: 2048 });

const Activation = z.object({ ActivationId: z.string(), ActivationCode: z.string() });

export const activationIn = (body: unknown) => {
  const { ActivationId, ActivationCode } = Activation.parse(body);
  return { activationId: ActivationId, activationCode: ActivationCode };
};

export const machineOf = ({ awsUrl }: ServerProcess, computerName: string) =>
  createSimulatedMachine({ endpoint: awsUrl, region: 'us-east-1', computerName, keyPair });

/** A machine that asked for its activation, registered with it and pinged. */
export const bootMachine = async (server: ServerProcess, name: string, tags = '') => {
  const { body } = await server.call(`/activate?name=${name}&tags=${tags}`);
  const activation = activationIn(body);
  const machine = machineOf(server, name);
  const instanceId = await machine.register(activation);
  await machine.ping();
  return { machine, instanceId, ...activation };
};
