import { SSMServiceException } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { isRoleUnusable } from '../../src/ssm/node-role.ts';

const refusalOf = (name: string, message: string) =>
  new SSMServiceException({ name, message, $fault: 'client', $metadata: { requestId: '0f3a' } });

const ROLE_UNUSABLE: [string, string][] = [
  [
    'ValidationException',
    'Nonexistent role or missing ssm service principal in trust policy: arn:aws:iam::1:role/x',
  ],
  ['ValidationException', 'Not existing role: arn:aws:iam::1:role/x'],
  ['InvalidParameters', 'Not existing role'],
  ['InvalidParameters', 'The role ssm-node does not exist.'],
  ['ValidationException', 'Invalid IAM role: x'],
  ['InvalidRole', 'The trust policy is not right.'],
];

test.each(ROLE_UNUSABLE)('%s: %s is of the node role', (name, message) => {
  expect(isRoleUnusable(refusalOf(name, message))).toBe(true);
});

test.each([
  ['AccessDeniedException', 'not authorized to perform: iam:PassRole on resource: role x'],
  ['ValidationException', 'Member must not be null'],
])('%s: %s is not', (name, message) => {
  expect(isRoleUnusable(refusalOf(name, message))).toBe(false);
});
