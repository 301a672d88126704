/** An embedded AWS for one test, with a clock to turn, real clients, and a key pair that all machines share. */
import { generateKeyPairSync } from 'node:crypto';
import { CreateActivationCommand, type CreateActivationCommandInput, SSMClient } from '@aws-sdk/client-ssm';
import { onTestFinished } from 'vitest';
import type { SsmEvent } from '../../src/local/aws/events.ts';
import type { Faults } from '../../src/local/aws/faults.ts';
import {
  type EmbeddedAwsCall,
  type EmbeddedAwsOptions,
  startEmbeddedAws,
} from '../../src/local/aws/server.ts';
import { createSimulatedMachine, type SimulatedMachine } from '../../src/local/simulated-machine.ts';

export const region = 'eu-west-1';
export const keyPair = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

export function operatorOf(endpoint: string): SSMClient {
  const credentials = { accessKeyId: 'AKIAOPERATOR', secretAccessKey: 'operator' };
  return new SSMClient({ endpoint, region, credentials, maxAttempts: 1 });
}

export async function startTestAws(overrides: Partial<EmbeddedAwsOptions> = {}) {
  let now = Date.now();
  const clock = () => new Date(now);
  const calls: EmbeddedAwsCall[] = [];
  const events: SsmEvent[] = [];
  const faults: Faults = {};
  const aws = await startEmbeddedAws({
    host: '127.0.0.1',
    port: 0,
    region,
    clock,
    faults,
    onCall: (call) => calls.push(call),
    onEvent: (event) => events.push(event),
    ...overrides,
  });
  const ssm = operatorOf(aws.url);
  onTestFinished(async () => {
    ssm.destroy();
    await aws.close();
  });

  const machine = (computerName = 'host-1'): SimulatedMachine =>
    createSimulatedMachine({ endpoint: aws.url, region, computerName, clock, keyPair });

  const activate = async (input: Partial<CreateActivationCommandInput> = {}) => {
    const created = await ssm.send(new CreateActivationCommand({ IamRole: 'NodeRole', ...input }));
    return { activationId: created.ActivationId ?? '', activationCode: created.ActivationCode ?? '' };
  };

  return {
    aws,
    ssm,
    clock,
    calls,
    events,
    faults,
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
    activate,
    machine,
    /** A node of its own activation; not yet pinged. */
    async registered(input: Partial<CreateActivationCommandInput> = {}) {
      const node = machine(input.DefaultInstanceName);
      const instanceId = await node.register(await activate(input));
      return { machine: node, instanceId };
    },
  };
}

/** The code and message of a refusal, whichever client it came through. */
export async function refusal(call: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error: unknown = await call.then(
    () => new Error('the call was not refused'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error('not an Error');
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return { code, message: error.message };
}
