import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { clientOptions } from './aws/client-options.ts';

/** The AWS that the service works on. */
export interface Backend {
  readonly ssm: SSMClient;
  readonly dynamoDb: DynamoDBClient;
  /** How long its Systems Manager's answers may lag behind what happened, where that is known. */
  readonly settlingSeconds?: number;
  /** Where an embedded AWS listens, when it is not AWS itself. */
  readonly embeddedUrl?: string;
  close(): Promise<void>;
}

/** AWS itself, with the SDK's default chain of credentials. */
export const createAwsBackend = (region: string, warning: (text: string) => void): Backend => {
  const options = { region, ...clientOptions(warning) };
  const ssm = new SSMClient(options);
  const dynamoDb = new DynamoDBClient(options);
  return {
    ssm,
    dynamoDb,
    close: async () => {
      ssm.destroy();
      dynamoDb.destroy();
    },
  };
};
