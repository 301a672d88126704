/** As much of AWS as the CDK's command line needs to bootstrap, compare, deploy and destroy. It makes no resources. */
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { type Listener, listen } from '../../bootstrap/listener.ts';
import { ACCOUNT } from '../synthesis.ts';
import { StandInCloudFormation } from './cloudformation.ts';
import { StandInIam } from './iam.ts';
import { AwsRefusal, xml } from './query-protocol.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
}

const ALICE = { Arn: `arn:aws:iam::${ACCOUNT}:user/alice`, UserId: 'AIDA', Account: ACCOUNT };
const CREDENTIALS = {
  AccessKeyId: 'ASIA',
  SecretAccessKey: 'secret',
  SessionToken: 'session',
  Expiration: '2100-01-01T00:00:00Z',
};

class DeployingAws {
  readonly iam = new StandInIam();
  readonly cloudFormation = new StandInCloudFormation(this.iam);
  readonly #objects = new Map<string, string>();

  async answer(request: IncomingMessage): Promise<Answer> {
    const { method = '', url = '', headers } = request;
    const body = await text(request);
    if (headers['x-amz-target'] === 'AmazonSSM.GetParameter') return this.#bootstrapVersion();
    if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
      return this.#query(new URLSearchParams(body));
    }
    return this.#bucket(method, new URL(url, 'http://bucket'), body);
  }

  #bootstrapVersion(): Answer {
    return this.cloudFormation.stacks.has('CDKToolkit')
      ? { status: 200, body: JSON.stringify({ Parameter: { Value: '999' } }) }
      : {
          status: 400,
          body: JSON.stringify({ __type: 'ParameterNotFound', message: 'Nothing is bootstrapped' }),
        };
  }

  #query(fields: URLSearchParams): Answer {
    const action = fields.get('Action') ?? '';
    try {
      const result = this.#resultOf(action, fields);
      return { status: 200, body: xml({ [`${action}Response`]: { [`${action}Result`]: result } }) };
    } catch (error) {
      if (!(error instanceof AwsRefusal)) throw error;
      const refused = { Code: error.code, Message: error.message };
      return { status: 400, body: xml({ ErrorResponse: { Error: refused } }) };
    }
  }

  #resultOf(action: string, fields: URLSearchParams): object {
    if (action === 'GetCallerIdentity') return ALICE;
    if (action === 'AssumeRole') return { Credentials: CREDENTIALS };
    const known = this.iam.answer(action, fields);
    if (known) return known;
    return this.cloudFormation.answer(action, fields, (path) => this.#objects.get(path) ?? '');
  }

  #bucket(method: string, { pathname, searchParams }: URL, body: string): Answer {
    if (method === 'PUT') this.#objects.set(pathname, body);
    if (searchParams.has('location')) {
      return { status: 200, body: '<LocationConstraint>eu-west-1</LocationConstraint>' };
    }
    return { status: 200, body: searchParams.has('list-type') ? '<ListBucketResult/>' : '' };
  }
}

export interface RunningAws extends Listener {
  readonly cloudFormation: StandInCloudFormation;
  readonly iam: StandInIam;
}

export const startDeployingAws = async (): Promise<RunningAws> => {
  const aws = new DeployingAws();
  const server = createServer((request, response) => {
    aws.answer(request).then(
      ({ status, body }) => response.writeHead(status).end(body),
      // 501 and not 500: the command line would ask again for seconds.
      (error: unknown) => response.writeHead(501).end(String(error)),
    );
  });
  const running = await listen(server);
  onTestFinished(running.close);
  return { ...running, cloudFormation: aws.cloudFormation, iam: aws.iam };
};

/** What the CDK's command line needs in its environment to work against it, unattended. */
export const deployingTo = ({ url }: Listener, home: string): NodeJS.ProcessEnv => ({
  HOME: home,
  AWS_ENDPOINT_URL: url,
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_EC2_METADATA_DISABLED: 'true',
  // The answers that a person gives at a terminal.
  CDK_YES: 'true',
  CDK_REQUIRE_APPROVAL: 'never',
  // CloudFormation's own checks take longer than all else; test/infra/findings.test.ts has them.
  CDK_VALIDATION: 'false',
});
