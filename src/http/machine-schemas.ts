import * as z from 'zod';
import type { Activation } from '../activation/activate.ts';
import { InvalidRequest } from '../activation/errors.ts';
import { ActivationId } from '../activation/identifiers.ts';
import { InstanceName } from '../activation/instance-name.ts';
import { type Tags, TagsBody, TagsQuery } from '../activation/tags.ts';
import { shellAssignments } from './shell-assignments.ts';
import { timestamp } from './timestamp.ts';

const Format = z.enum(['json', 'env']);
const TagSet = z.record(z.string(), z.string());

export const TagQuery = z.strictObject({ name: InstanceName.optional(), tags: TagsQuery.optional() });
export const ActivateQuery = TagQuery.extend({ format: Format.optional() });

const Body = z.strictObject({
  name: InstanceName.optional(),
  tags: TagsBody.optional(),
  instanceIdentity: z.string().optional(),
});
/** A POST may also carry everything in its query and have no body. */
export const TagBody = z.lazy(() => Body.nullish());
export const ActivateBody = z.lazy(() => Body.extend({ format: Format.optional() }).nullish());

/** What a machine's call says, wherever it stood. */
export interface MachineFields {
  readonly name?: InstanceName | undefined;
  readonly tags?: Tags | undefined;
  readonly format?: z.infer<typeof Format> | undefined;
  readonly instanceIdentity?: string | undefined;
}

/** The fields of a call, each given once: in the query or in the body. */
export const machineFields = (
  query: MachineFields,
  body: MachineFields | null | undefined,
): MachineFields => {
  const problems = Object.keys(query)
    .filter((field) => body && field in body)
    .map((field) => ({ field, message: 'is given in the query and in the body' }));
  if (problems.length > 0) throw new InvalidRequest(problems);
  return { ...query, ...body };
};

/** The keys are those of `aws ssm create-activation`, so that scripts written for it keep working. */
export const ActivationAnswer = z
  .object({
    ActivationId,
    ActivationCode: z.string(),
    Name: InstanceName,
    Region: z.string(),
    ExpirationDate: z.iso.datetime(),
    Tags: TagSet,
  })
  .meta({
    id: 'Activation',
    examples: [
      {
        ActivationId: '47ec4069-20cc-4709-85a2-895ac895e2fd',
        ActivationCode: 'shown-to-its-caller',
        Name: 'i-0123456789abcdef0',
        Region: 'ap-southeast-2',
        ExpirationDate: '2026-11-21T11:00:00Z',
        Tags: { Environment: 'Prod' },
      },
    ],
  });

type ActivationAnswer = z.infer<typeof ActivationAnswer>;

/** The one place where an ActivationCode is revealed: the answer to the machine that proved who it is. */
export const activationAnswer = (
  name: InstanceName,
  region: string,
  activation: Activation,
): ActivationAnswer => ({
  ActivationId: activation.id,
  ActivationCode: activation.code.reveal(),
  Name: name,
  Region: region,
  ExpirationDate: timestamp(activation.expiresAt),
  Tags: { ...activation.tags },
});

export const asShell = (answer: ActivationAnswer): string =>
  shellAssignments({
    ACTIVATION_ID: answer.ActivationId,
    ACTIVATION_CODE: answer.ActivationCode,
    NAME: answer.Name,
    REGION: answer.Region,
    EXPIRATION_DATE: answer.ExpirationDate,
  });
