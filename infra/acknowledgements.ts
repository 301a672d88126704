import { type Acknowledgment, Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import * as z from 'zod';
import type { Api } from './constructs/api.ts';
import { sessionResources } from './constructs/dev-sessions.ts';
import { ROUTES } from './routes.ts';

/** Whose findings are acknowledged. */
export interface Acknowledging {
  readonly api: Api;
  readonly functions: IConstruct;
  readonly nodeRole: IConstruct;
  readonly deadLetters: IConstruct;
  readonly alarms: IConstruct;
  readonly accessPolicies: IConstruct;
}

const nag = (rule: string, reason: string): Acknowledgment => ({ id: `AwsSolutions::${rule}`, reason });
/** A managed policy of AWS's own. */
const awsPolicy = (name: string, reason: string): Acknowledgment =>
  nag(`AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`, reason);
/** A resource with a wildcard in it, and no other. */
const wildcard = (scope: IConstruct, resource: string, reason: string): Acknowledgment =>
  nag(`AwsSolutions-IAM5[Resource::${asNagWritesIt(scope, resource)}]`, reason);
const guard = (rule: string, reason: string): Acknowledgment => ({
  id: `cdk-validator-cfnguard::${rule}`,
  reason,
});

const AWS_ENCRYPTS_LOGS = guard(
  'cloudwatch_log_group_encrypted_check',
  'CloudWatch encrypts logs with a key of its own, and no secret is in them; customerManagedKey has them under a key of the account.',
);

/** What cdk-nag's AwsSolutions and AWS Control Tower's rules find and this service means to be so, and why. */
export const acknowledgeFindings = (parts: Acknowledging): void => {
  const acknowledge = (construct: IConstruct, ...findings: Acknowledgment[]) =>
    Validations.of(construct).acknowledge(...findings);
  const arn = (resource: string, resourceName: string) =>
    Stack.of(parts.api).formatArn({ service: 'ssm', resource, resourceName });
  const nodes = arn('managed-instance', 'mi-*');
  const { sessions, sessionsOfCaller } = sessionResources(parts.accessPolicies);

  acknowledge(
    parts.api,
    nag(
      'AwsSolutions-APIG4',
      'A booting machine has no AWS credentials: the function itself checks the proof that each machine route takes. Operator routes have the IAM authoriser, which a test asserts method by method.',
    ),
    nag(
      'AwsSolutions-COG4',
      'Operators are IAM principals and machines prove themselves; there are no users.',
    ),
    nag(
      'AwsSolutions-APIG2',
      'The function validates every field and names all problems at once; API Gateway would name the first, in another form.',
    ),
    awsPolicy(
      'service-role/AmazonAPIGatewayPushToCloudWatchLogs',
      'AmazonAPIGatewayPushToCloudWatchLogs is what API Gateway requires of the role it logs with.',
    ),
    guard(
      'api_gw_xray_enabled_check',
      'URLs hold names and tags of machines, and no request of a machine is to be traced.',
    ),
    guard(
      'lambda_function_public_access_prohibited_check',
      'Each permission has the SourceArn of one method of this API; the rule cannot read an ARN that is joined of parts.',
    ),
  );
  acknowledge(
    parts.api,
    nag(
      'AwsSolutions-APIG3',
      'A private API is reached through its VPC endpoint only, a public one from its CIDRs only, with a rate rule by address unless it is turned off.',
    ),
    AWS_ENCRYPTS_LOGS,
  );
  acknowledge(
    parts.functions,
    AWS_ENCRYPTS_LOGS,
    wildcard(
      parts.functions,
      '*',
      'SSM takes no resource for activations and for looking nodes up. test/infra/least-privilege.test.ts holds the roles to the operations that the functions make.',
    ),
    wildcard(parts.functions, nodes, 'A node gets its id when it registers.'),
    guard(
      'lambda_inside_vpc_check',
      'The functions call SSM and DynamoDB only, by IAM over TLS; nothing of theirs is in a VPC, and one would cost endpoints or a NAT gateway.',
    ),
  );
  acknowledge(
    parts.nodeRole,
    awsPolicy(
      'AmazonSSMManagedInstanceCore',
      'AmazonSSMManagedInstanceCore is what AWS requires of a managed node, as it evolves.',
    ),
  );
  acknowledge(
    parts.nodeRole,
    awsPolicy(
      'CloudWatchAgentServerPolicy',
      'AWS names it for nodes that send logs and metrics to CloudWatch.',
    ),
  );
  acknowledge(
    parts.deadLetters,
    nag('AwsSolutions-SQS3', 'It is the dead-letter queue itself: of EventBridge and of the worker.'),
    guard('sqs_dlq_check', 'It is the dead-letter queue itself: of EventBridge and of the worker.'),
  );
  acknowledge(
    parts.accessPolicies,
    wildcard(parts.accessPolicies, nodes, 'The tag that the condition names decides on which nodes.'),
    wildcard(parts.accessPolicies, sessions, "The condition leaves only one's own sessions."),
    wildcard(parts.accessPolicies, sessionsOfCaller, "The ARN leaves only one's own sessions."),
    wildcard(
      parts.accessPolicies,
      '*',
      'ssm:DescribeSessions and ssm:GetConnectionStatus take no resource. They read; they open nothing.',
    ),
    ...ROUTES.filter(({ caller, path }) => caller === 'operator' && path.includes('{')).map((route) =>
      wildcard(parts.accessPolicies, parts.api.arnOf(route), 'Operators name nodes and tokens in the path.'),
    ),
  );
};

const Reference = z.object({ Ref: z.string() }).transform(({ Ref }) => `<${Ref}>`);
const Part = z.union([z.string(), Reference]);
const Arn = z.union([
  Part,
  z
    .object({ 'Fn::Join': z.tuple([z.literal(''), z.array(Part)]) })
    .transform(({ 'Fn::Join': [, parts] }) => parts.join('')),
]);

/** cdk-nag names a finding by the resource as the template has it, references and IAM's variables in angle brackets. */
const asNagWritesIt = (scope: IConstruct, arn: string): string =>
  Arn.parse(Stack.of(scope).resolve(arn)).replaceAll(/\$\{([^}]+)\}/g, '<$1>');
