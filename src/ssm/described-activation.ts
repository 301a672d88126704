import type { Activation } from '@aws-sdk/client-ssm';
import { ActivationId, AttemptId } from '../activation/identifiers.ts';
import { StoredName } from '../activation/instance-name.ts';
import type { DescribedActivation } from '../activation/ports.ts';
import { TagKey, TagValue } from '../activation/tags.ts';

const DESCRIPTION = /^ssm-activation-api attempt ([0-9a-f-]{36})$/;
export const describeAttempt = (attemptId: AttemptId): string => `ssm-activation-api attempt ${attemptId}`;

/** Others make activations in the account too: one whose id this service could not even delete is none of its own. */
export const describedActivation = (activation: Activation): DescribedActivation[] => {
  const id = ActivationId.safeParse(activation.ActivationId);
  if (!id.success) return [];
  const { RegistrationsCount: registered = 0, RegistrationLimit: limit = 1 } = activation;
  return [
    {
      id: id.data,
      name: StoredName.safeParse(activation.DefaultInstanceName).data,
      attemptId: AttemptId.safeParse(DESCRIPTION.exec(activation.Description ?? '')?.[1]).data,
      canRegister: !activation.Expired && registered < limit,
      tags: Object.fromEntries((activation.Tags ?? []).flatMap(tagPair)),
    },
  ];
};

/** Tags that are AWS's own (`aws:...`), or that no answer of SSM should hold, can be neither set nor removed. */
const tagPair = ({ Key, Value = '' }: { Key: string | undefined; Value: string | undefined }) =>
  TagKey.safeParse(Key).success && TagValue.safeParse(Value).success ? [[String(Key), Value] as const] : [];
