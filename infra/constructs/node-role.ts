import { Aws, Stack } from 'aws-cdk-lib';
import { type IManagedPolicy, ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Configuration } from '../configuration.ts';

/** The role that managed nodes have: SSM takes it on for nodes of this account and region, and no one else. */
export const createNodeRole = (
  scope: Construct,
  { cloudWatchAgent, nodeManagedPolicies }: Pick<Configuration, 'cloudWatchAgent' | 'nodeManagedPolicies'>,
): Role => {
  const nodes = Stack.of(scope).formatArn({ service: 'ssm', resource: '*' });
  const further = nodeManagedPolicies.map((policy, index) =>
    policy.startsWith('arn:')
      ? ManagedPolicy.fromManagedPolicyArn(scope, `NodePolicy${index + 1}`, policy)
      : ManagedPolicy.fromAwsManagedPolicyName(policy),
  );
  const managedPolicies: IManagedPolicy[] = [
    ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore'),
    ...(cloudWatchAgent ? [ManagedPolicy.fromAwsManagedPolicyName('CloudWatchAgentServerPolicy')] : []),
    ...further,
  ];
  return new Role(scope, 'NodeRole', {
    description: 'Managed nodes that registered with an activation of this service',
    assumedBy: new ServicePrincipal('ssm.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnEquals: { 'aws:SourceArn': nodes },
      },
    }),
    managedPolicies,
  });
};
