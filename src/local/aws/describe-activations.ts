import * as z from 'zod';
import { isExpired } from './activations.ts';
import { AwsError } from './errors.ts';
import { type DescribedActivation, withForeign } from './foreign.ts';
import { controlPlaneOperation } from './operation.ts';
import { page } from './paging.ts';
import type { Activation } from './records.ts';
import type { Replica } from './replicas.ts';
import { epochSeconds } from './service.ts';
import { nextToken } from './shapes.ts';

const attributes = {
  ActivationIds: ({ ActivationId }: DescribedActivation) => ActivationId,
  DefaultInstanceName: ({ DefaultInstanceName }: DescribedActivation) => DefaultInstanceName,
  IamRole: ({ IamRole }: DescribedActivation) => IamRole,
};
type FilterKey = keyof typeof attributes;

interface ActivationFilter {
  readonly FilterKey?: FilterKey | undefined;
  readonly FilterValues?: readonly string[] | undefined;
}

function testOf({ FilterKey: key, FilterValues: values }: ActivationFilter) {
  if (!key || !values?.length) throw new AwsError('InvalidFilter', 'A filter needs a key and values.');
  const wanted = new Set(values);
  return (activation: DescribedActivation) => {
    const value = attributes[key](activation);
    return value !== undefined && wanted.has(value);
  };
}

function candidates({ activations }: Replica, filters: readonly ActivationFilter[]) {
  const valuesOf = (key: FilterKey) => filters.find((filter) => filter.FilterKey === key)?.FilterValues;
  const ids = valuesOf('ActivationIds');
  if (ids) return activations.withIds(ids);
  const names = valuesOf('DefaultInstanceName');
  return names ? activations.inGroups(names) : activations.ordered;
}

function describe(activation: Activation, now: Date): DescribedActivation {
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
  (
    { read, state, clock, cutPage, foreign },
    { Filters: filters = [], MaxResults: limit = 50, NextToken: token },
  ) => {
    const tests = filters.map(testOf);
    const now = clock();
    const { items: ActivationList, nextToken: NextToken } = page({
      candidates: withForeign(candidates(read(), filters), foreign().activations),
      show: (activation) => {
        const shown = 'shown' in activation ? activation.shown : describe(activation, now);
        return tests.every((test) => test(shown)) ? shown : undefined;
      },
      limit,
      token,
      question: ['DescribeActivations', filters],
      sealingKey: state.sealingKey,
      cut: cutPage,
    });
    return { ActivationList, NextToken };
  },
);
