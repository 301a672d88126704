import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ROUTES, type Route } from '../routes.ts';
import type { Api } from './api.ts';
import { devSessions } from './dev-sessions.ts';

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
    this.devSessions = new ManagedPolicy(this, 'DevSessions', {
      description: 'Example: sessions on managed nodes tagged Environment=Dev, never on Prod',
      statements: devSessions(this),
    });
  }
}
