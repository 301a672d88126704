import { Aws, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/**
 * Who asks, to IAM. A session's id begins with it or with the role session's name; AWS documents the ARN and the tag
 * for it in different places, so that each of the two ways is granted.
 */
// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM's own.
const CALLER = '${aws:userid}';

/** In every statement that lets a session start: without it, a document that is not named needs no leave. */
const NAMED_DOCUMENT = { BoolIfExists: { 'ssm:SessionDocumentAccessCheck': 'true' } };

/** What the example of sessions by tag speaks of, in the account and region of the stack. */
export const sessionResources = (scope: IConstruct) => {
  const { partition } = Stack.of(scope);
  const own = (resource: string, resourceName: string) =>
    Stack.of(scope).formatArn({ service: 'ssm', resource, resourceName });
  return {
    nodes: own('managed-instance', 'mi-*'),
    /** The account's own, and the one that `nodes list -o ssh-config` asks for, which is AWS's and of no account. */
    documents: [
      own('document', 'SSM-SessionManagerRunShell'),
      `arn:${partition}:ssm:${Aws.REGION}::document/AWS-StartSSHSession`,
    ],
    /** Every machine that a session can be started on, whatever it is and wherever. */
    machines: [`arn:${partition}:ssm:*:*:managed-instance/*`, `arn:${partition}:ec2:*:*:instance/*`],
    sessions: own('session', '*'),
    sessionsOfCaller: own('session', `${CALLER}-*`),
  };
};

/**
 * An example of sessions by tag: started on nodes of `Environment=Dev`, never on `Prod`, carried on and ended only by
 * those who started them (Systems Manager user guide, "Sample IAM policies for Session Manager").
 */
export const devSessions = (scope: IConstruct): PolicyStatement[] => {
  const { nodes, documents, machines, sessions, sessionsOfCaller } = sessionResources(scope);
  const ofOneself = ['ssmmessages:OpenDataChannel', 'ssm:ResumeSession', 'ssm:TerminateSession'];
  return [
    new PolicyStatement({
      actions: ['ssm:StartSession'],
      resources: [nodes],
      conditions: { StringEquals: { 'ssm:resourceTag/Environment': 'Dev' }, ...NAMED_DOCUMENT },
    }),
    // Apart from the nodes: a document has no such tag.
    new PolicyStatement({
      actions: ['ssm:StartSession'],
      resources: documents,
      conditions: NAMED_DOCUMENT,
    }),
    // It holds against other policies of the same person too, and for machines that are no hybrid nodes.
    new PolicyStatement({
      effect: Effect.DENY,
      actions: ['ssm:StartSession'],
      resources: machines,
      conditions: { StringEqualsIgnoreCase: { 'ssm:resourceTag/Environment': 'Prod' } },
    }),
    new PolicyStatement({ actions: ofOneself, resources: [sessionsOfCaller] }),
    new PolicyStatement({
      actions: ofOneself,
      resources: [sessions],
      conditions: { StringLike: { 'ssm:resourceTag/aws:ssmmessages:session-id': [CALLER] } },
    }),
    // They take no resource. They tell who is on which machine, and whether a machine can be reached.
    new PolicyStatement({ actions: ['ssm:DescribeSessions', 'ssm:GetConnectionStatus'], resources: ['*'] }),
  ];
};
