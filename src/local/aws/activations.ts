import { createHash, randomBytes, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from './errors.ts';
import { creationOf } from './lag.ts';
import { controlPlaneOperation } from './operation.ts';
import { page } from './paging.ts';
import type { Activation } from './records.ts';
import type { Replica } from './replicas.ts';
import { epochSeconds } from './service.ts';
import { activationIdPattern, defaultInstanceName, iamRole, nextToken, tagList } from './shapes.ts';
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

/** A role is `name` or `path/name`, in IAM's alphabet, which has no colon: an ARN is never one. */
export function requireRoleName(role: string): void {
  if (!/^[\w+=,.@/-]+$/.test(role))
    throw new AwsError(
      'ValidationException',
      `Nonexistent role or missing ssm service principal in trust policy: ${role}`,
    );
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
  async ({ state, clock }, input) => {
    requireRoleName(input.IamRole);
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

const attributes = {
  ActivationIds: (activation: Activation) => activation.id,
  DefaultInstanceName: (activation: Activation) => activation.defaultInstanceName,
  IamRole: (activation: Activation) => activation.iamRole,
};
type FilterKey = keyof typeof attributes;

interface ActivationFilter {
  readonly FilterKey?: FilterKey | undefined;
  readonly FilterValues?: readonly string[] | undefined;
}

function testOf({ FilterKey: key, FilterValues: values }: ActivationFilter) {
  if (!key || !values?.length) throw new AwsError('InvalidFilter', 'A filter needs a key and values.');
  const wanted = new Set(values);
  return (activation: Activation) => wanted.has(attributes[key](activation) ?? '');
}

function candidates({ activations }: Replica, filters: readonly ActivationFilter[]) {
  const valuesOf = (key: FilterKey) => filters.find((filter) => filter.FilterKey === key)?.FilterValues;
  const ids = valuesOf('ActivationIds');
  if (ids) return activations.withIds(ids);
  const names = valuesOf('DefaultInstanceName');
  return names ? activations.inGroups(names) : activations.ordered;
}

function describe(activation: Activation, now: Date) {
  return {
    ActivationId: activation.id,
    Description: activation.description,
    DefaultInstanceName: activation.defaultInstanceName,
    IamRole: activation.iamRole,
    RegistrationLimit: activation.registrationLimit,
    RegistrationsCount: activation.registrationsCount,
    ExpirationDate: epochSeconds(activation.expiresAt),
    Expired: isExpired(activation, now),
    CreatedDate: epochSeconds(activation.createdAt),
    Tags: activation.tags,
  };
}

export const describeActivations = controlPlaneOperation(
  z.object({
    Filters: z
      .array(
        z.object({
          FilterKey: z.enum(['ActivationIds', 'DefaultInstanceName', 'IamRole']).optional(),
          FilterValues: z.array(z.string()).optional(),
        }),
      )
      .optional(),
    MaxResults: z.int().min(1).max(50).optional(),
    NextToken: nextToken,
  }),
  ({ read, state, clock, cutPage }, { Filters: filters = [], MaxResults: limit = 50, NextToken: token }) => {
    const tests = filters.map(testOf);
    const now = clock();
    const { items: ActivationList, nextToken: NextToken } = page({
      candidates: candidates(read(), filters),
      show: (activation) => (tests.every((test) => test(activation)) ? describe(activation, now) : undefined),
      limit,
      token,
      question: ['DescribeActivations', filters],
      sealingKey: state.sealingKey,
      cut: cutPage,
    });
    return { ActivationList, NextToken };
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
