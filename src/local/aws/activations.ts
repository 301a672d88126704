import { createHash, randomBytes, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from './errors.ts';
import { creationOf } from './lag.ts';
import { controlPlaneOperation } from './operation.ts';
import type { Activation } from './records.ts';
import { requireRole } from './roles.ts';
import { activationIdPattern, defaultInstanceName, iamRole, tagList } from './shapes.ts';
import { mergeTags } from './tags.ts';

const dayMs = 24 * 3_600_000;
const maxLifeMs = 30 * dayMs;

export const hashActivationCode = (code: string) => createHash('sha256').update(code).digest('hex');
export const isExpired = (activation: Activation, now: Date) => activation.expiresAt <= now.getTime();

function expiryOf(requested: number | undefined, now: number): number {
  const expiresAt = requested === undefined ? now + dayMs : Math.round(requested * 1000);
  if (expiresAt <= now) throw new AwsError('InvalidParameters', 'The expiration date is in the past.');
  if (expiresAt > now + maxLifeMs)
    throw new AwsError('InvalidParameters', 'The expiration date is more than 30 days away.');
  return expiresAt;
}

export const createActivation = controlPlaneOperation(
  z.object({
    Description: z.string().max(256).optional(),
    DefaultInstanceName: defaultInstanceName.optional(),
    IamRole: iamRole,
    RegistrationLimit: z.int().min(1).max(1000).optional(),
    ExpirationDate: z.number().optional(),
    Tags: tagList.optional(),
  }),
  async (service, input) => {
    const { state, clock, mostActivations } = service;
    requireRole(service, input.IamRole);
    if (state.activations.ordered.length >= mostActivations())
      throw new AwsError('ServiceQuotaExceededException');
    const now = clock().getTime();
    const code = randomBytes(15).toString('base64');
    const activation: Activation = {
      id: randomUUID(),
      serial: state.activations.nextSerial,
      codeHash: hashActivationCode(code),
      description: input.Description,
      defaultInstanceName: input.DefaultInstanceName,
      iamRole: input.IamRole,
      registrationLimit: input.RegistrationLimit ?? 1,
      registrationsCount: 0,
      expiresAt: expiryOf(input.ExpirationDate, now),
      createdAt: now,
      tags: mergeTags([], input.Tags ?? []),
    };
    await state.activations.put(activation);
    return { ActivationId: activation.id, ActivationCode: code };
  },
);

/** Nodes that registered with the activation stay. */
export const deleteActivation = controlPlaneOperation(
  z.object({ ActivationId: z.string() }),
  async ({ state, knowsOf }, { ActivationId: id }) => {
    if (!activationIdPattern.test(id)) throw new AwsError('InvalidActivationId');
    const activation = state.activations.get(id);
    if (!activation || !knowsOf(creationOf(activation))) throw new AwsError('InvalidActivation');
    await state.activations.delete(activation);
    return {};
  },
);
