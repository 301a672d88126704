import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { LOCAL_CREDENTIALS } from '../../src/local/credentials.ts';
import { REGION } from './synthesis.ts';

const Sent = z.looseObject({
  headers: z.looseObject({ 'x-amz-target': z.string() }),
  body: z.instanceof(Uint8Array).transform((body): unknown => JSON.parse(new TextDecoder().decode(body))),
});
const OnIndex = z.looseObject({ IndexName: z.string() });

/** An operation as IAM names it; on DynamoDB, with what it was made on: `dynamodb:Query on ByKind`. */
const operationIn = (request: unknown): string => {
  const { headers, body } = Sent.parse(request);
  const [service = '', operation = ''] = headers['x-amz-target'].split('.');
  if (service === 'AmazonSSM') return `ssm:${operation}`;
  const index = OnIndex.safeParse(body).data?.IndexName;
  return `dynamodb:${operation} on ${index ?? 'the table'}`;
};

export interface RecordedClients {
  readonly ssm: SSMClient;
  readonly dynamoDb: DynamoDBClient;
  /** Every operation that left the clients. */
  readonly operations: ReadonlySet<string>;
}

/** Clients that write down what they send. */
export const createRecordedClients = (ssmUrl: string, dynamoDbUrl: string): RecordedClients => {
  const operations = new Set<string>();
  const shared = { region: REGION, credentials: LOCAL_CREDENTIALS };
  const ssm = new SSMClient({ ...shared, endpoint: ssmUrl, maxAttempts: 1 });
  const dynamoDb = new DynamoDBClient({ ...shared, endpoint: dynamoDbUrl });
  const whenSent = { step: 'finalizeRequest', name: 'recordOperation' } as const;
  ssm.middlewareStack.add(
    (next) => async (args) => {
      operations.add(operationIn(args.request));
      return next(args);
    },
    whenSent,
  );
  dynamoDb.middlewareStack.add(
    (next) => async (args) => {
      operations.add(operationIn(args.request));
      return next(args);
    },
    whenSent,
  );
  return { ssm, dynamoDb, operations };
};
