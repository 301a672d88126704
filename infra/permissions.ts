import { BY_DUE_TIME, BY_KIND, BY_NODE } from '../src/ledger/table.ts';

/**
 * The AWS operations that each function makes; test/infra/least-privilege.test.ts measures that these are all and that
 * each is made. Which of SSM's take a resource: "Actions, resources, and condition keys for AWS Systems Manager".
 */
export interface FunctionPermissions {
  /** Of DynamoDB, on the ledger's table. */
  readonly table: readonly string[];
  /** The indexes of it that are queried. */
  readonly indexes: readonly string[];
  /** Of SSM, on nodes. */
  readonly nodes: readonly string[];
  /** Of SSM, which takes no resource for these. */
  readonly unscoped: readonly string[];
  /** Whether it passes the node role to SSM. */
  readonly passesNodeRole: boolean;
}

const ON_NODES = ['ssm:AddTagsToResource', 'ssm:RemoveTagsFromResource', 'ssm:DeregisterManagedInstance'];

export const API_PERMISSIONS: FunctionPermissions = {
  table: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
  indexes: [BY_KIND, BY_NODE],
  nodes: ON_NODES,
  unscoped: [
    'ssm:CreateActivation',
    'ssm:DeleteActivation',
    'ssm:DescribeActivations',
    'ssm:DescribeInstanceInformation',
  ],
  passesNodeRole: true,
};

export const WORKER_PERMISSIONS: FunctionPermissions = {
  table: ['dynamodb:GetItem', 'dynamodb:PutItem'],
  indexes: [BY_DUE_TIME, BY_KIND, BY_NODE],
  nodes: ON_NODES,
  unscoped: ['ssm:DeleteActivation', 'ssm:DescribeActivations', 'ssm:DescribeInstanceInformation'],
  passesNodeRole: false,
};
