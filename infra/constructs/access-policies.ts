import { Stack } from 'aws-cdk-lib';
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ROUTES, type Route } from '../routes.ts';
import type { Api } from './api.ts';

/** Policies that a platform team attaches to people's roles; the service itself uses none of them. */
export class AccessPolicies extends Construct {
  readonly operator: ManagedPolicy;
  readonly reader: ManagedPolicy;
  readonly devSessions: ManagedPolicy;

  constructor(scope: Construct, api: Api) {
    super(scope, 'AccessPolicies');
    const forOperators = ROUTES.filter(({ caller }) => caller === 'operator');
    const invoke = (id: string, description: string, routes: readonly Route[]) =>
      new ManagedPolicy(this, id, {
        description,
        statements: [
          new PolicyStatement({
            actions: ['execute-api:Invoke'],
            resources: routes.map((route) => api.arnOf(route)),
          }),
        ],
      });
    this.operator = invoke('Operator', 'Every operator route of the activation API', forOperators);
    this.reader = invoke(
      'Reader',
      'The operator routes of the activation API that change nothing',
      forOperators.filter(({ readOnly }) => readOnly),
    );
    this.devSessions = this.#sessions();
  }

  /**
   * An example of sessions by tag: started on nodes of `Environment=Dev`, never on `Prod`, ended only by who started
   * them (Systems Manager user guide, "Additional sample IAM policies for Session Manager").
   */
  #sessions(): ManagedPolicy {
    const arn = (resource: string, resourceName: string) =>
      Stack.of(this).formatArn({ service: 'ssm', resource, resourceName });
    const nodes = arn('managed-instance', 'mi-*');
    return new ManagedPolicy(this, 'DevSessions', {
      description: 'Example: sessions on managed nodes tagged Environment=Dev, never on Prod',
      statements: [
        new PolicyStatement({
          actions: ['ssm:StartSession'],
          resources: [nodes],
          conditions: {
            StringEquals: { 'ssm:resourceTag/Environment': 'Dev' },
            BoolIfExists: { 'ssm:SessionDocumentAccessCheck': 'true' },
          },
        }),
        new PolicyStatement({
          actions: ['ssm:StartSession'],
          resources: [arn('document', 'SSM-SessionManagerRunShell')],
        }),
        new PolicyStatement({
          effect: Effect.DENY,
          actions: ['ssm:StartSession'],
          resources: [nodes],
          conditions: { StringEquals: { 'ssm:resourceTag/Environment': 'Prod' } },
        }),
        new PolicyStatement({
          actions: ['ssm:ResumeSession', 'ssm:TerminateSession'],
          resources: [arn('session', '*')],
          // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM's own.
          conditions: { StringLike: { 'ssm:resourceTag/aws:ssmmessages:session-id': ['${aws:userid}'] } },
        }),
      ],
    });
  }
}
