import { CreateActivationCommand, type CreateActivationCommandInput, SSMClient } from '@aws-sdk/client-ssm';

export const ssm = new SSMClient();

/** `input` as it went over the wire, where a time is a number of seconds. */
export const createActivation = (input: CreateActivationCommandInput) =>
  ssm.send(
    new CreateActivationCommand({ ...input, ExpirationDate: new Date(Number(input.ExpirationDate) * 1000) }),
  );
