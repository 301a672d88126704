import { Aws, Stack } from 'aws-cdk-lib';
import { Effect, type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { FunctionPermissions } from '../permissions.ts';
import type { Ledger } from './ledger-table.ts';

export interface FunctionRoleOptions {
  readonly permissions: FunctionPermissions;
  readonly ledger: Ledger;
  readonly nodeRole: IRole;
  readonly logGroup: ILogGroup;
  readonly key: IKey | undefined;
}

/** What a function may do, and nothing that it does not do. */
export const createFunctionRole = (scope: Construct, id: string, options: FunctionRoleOptions): Role => {
  const { permissions, ledger, nodeRole, logGroup, key } = options;
  const role = new Role(scope, id, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const allow = (
    actions: readonly string[],
    resources: readonly string[],
    conditions?: Record<string, Record<string, string>>,
  ) =>
    role.addToPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...actions],
        resources: [...resources],
        ...(conditions && { conditions }),
      }),
    );

  allow(permissions.table, [ledger.tableArn]);
  allow(
    ['dynamodb:Query'],
    permissions.indexes.map((index) => `${ledger.tableArn}/index/${index}`),
  );
  allow(permissions.unscoped, ['*']);
  allow(permissions.nodes, [
    Stack.of(scope).formatArn({ service: 'ssm', resource: 'managed-instance', resourceName: 'mi-*' }),
  ]);
  if (permissions.passesNodeRole) {
    allow(['iam:PassRole'], [nodeRole.roleArn], {
      StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' },
    });
  }
  allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
  if (key) {
    // DynamoDB calls KMS in the caller's name ("How DynamoDB uses AWS KMS").
    const actions = [
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ];
    const viaService = `dynamodb.${Aws.REGION}.${Aws.URL_SUFFIX}`;
    allow(actions, [key.keyArn], { StringEquals: { 'kms:ViaService': viaService } });
  }
  return role;
};
