/** The agent's SigV4-signed half of the protocol, spoken by the real AWS SDK. */
import { DescribeInstanceInformationCommand, SSMClient } from '@aws-sdk/client-ssm';
import { region, startTestAws } from './embedded-aws.ts';
import {
  callSignedByKey,
  type KeySignedCall,
  register as registerAgent,
  requestToken as requestAgentToken,
  type Token,
} from './raw-agent.ts';

export interface Outgoing {
  headers: Record<string, string>;
  body: string;
}
const isOutgoing = (value: unknown): value is Outgoing =>
  typeof value === 'object' && value !== null && 'headers' in value && 'body' in value;

/** A real SDK client, made to call an operation that the SDK does not have; `tamper` is done after signing. */
export function callWithSdk(
  endpoint: string,
  { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken }: Token,
  target: string,
  input: object,
  tamper: (request: Outgoing) => void = () => {},
) {
  const credentials = { accessKeyId, secretAccessKey, sessionToken };
  const client = new SSMClient({ endpoint, region, credentials, maxAttempts: 1 });
  client.middlewareStack.add(
    (next) => (args) => {
      if (!isOutgoing(args.request)) throw new Error('not an HTTP request');
      args.request.headers['x-amz-target'] = target;
      args.request.body = JSON.stringify(input);
      return next(args);
    },
    { step: 'serialize', priority: 'low' },
  );
  client.middlewareStack.add(
    (next) => (args) => {
      if (!isOutgoing(args.request)) throw new Error('not an HTTP request');
      tamper(args.request);
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  return client.send(new DescribeInstanceInformationCommand({})).finally(() => client.destroy());
}

/** An embedded AWS, and agents to register with it and call it. */
export async function startWithAgent() {
  const started = await startTestAws();
  const { aws, clock, activate } = started;
  const endpoint = aws.url;

  const register = async (overrides?: object) => registerAgent(endpoint, await activate(), overrides);
  const signedByKey = (
    instanceId: string,
    operation: string,
    input: object,
    overrides?: Partial<KeySignedCall>,
  ) => callSignedByKey(endpoint, { instanceId, operation, input, time: clock(), ...overrides });
  const requestToken = (instanceId: string) => requestAgentToken(endpoint, instanceId, clock());

  const pingWithSdk = (instanceId: string, credentials: Token, tamper?: (request: Outgoing) => void) =>
    callWithSdk(
      endpoint,
      credentials,
      'AmazonSSM.UpdateInstanceInformation',
      {
        InstanceId: instanceId,
        AgentName: 'amazon-ssm-agent',
        AgentVersion: '3.3.40.0',
        PlatformType: 'Linux',
      },
      tamper,
    );

  return { ...started, endpoint, register, signedByKey, requestToken, pingWithSdk };
}
