import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type CreateActivationCommandOutput, DescribeInstanceInformationCommand } from '@aws-sdk/client-ssm';
import { createActivation, ssm } from './create-activation.ts';
import { recordedCalls } from './recorded-calls.ts';

const dynamoDb = new DynamoDBClient();
const calls = recordedCalls();

/** Makes the very calls that the service makes, with the SDK alone. */
export const makeAllCalls = async (): Promise<CreateActivationCommandOutput | undefined> => {
  let minted: CreateActivationCommandOutput | undefined;
  for (const { operation, input } of calls) {
    switch (operation) {
      case 'AmazonSSM.CreateActivation':
        minted = await createActivation(input);
        break;
      case 'AmazonSSM.DescribeInstanceInformation':
        await ssm.send(new DescribeInstanceInformationCommand(input));
        break;
      case 'DynamoDB_20120810.GetItem':
        await dynamoDb.send(new GetItemCommand(input));
        break;
      case 'DynamoDB_20120810.PutItem':
        await dynamoDb.send(new PutItemCommand(input));
        break;
      default:
        throw new Error(`the contenders do not know ${operation}`);
    }
  }
  return minted;
};
