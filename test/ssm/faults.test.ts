import {
  InternalServerError,
  InvalidActivation,
  SSMServiceException,
  TooManyTagsError,
  TooManyUpdates,
} from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { type Fault, faultOf } from '../../src/ssm/faults.ts';

const $metadata = {};
const refusalOf = (name: string, message = name, $fault: 'client' | 'server' = 'client') =>
  new SSMServiceException({ name, message, $fault, $metadata });
const answerOf = (httpStatusCode: number, name = 'UnknownError') =>
  new SSMServiceException({ name, message: '', $fault: 'client', $metadata: { httpStatusCode } });
const networkError = (name: string, code?: string) =>
  Object.assign(new Error(code ?? name), { name, ...(code && { code }) });
const THROTTLED = [
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingError',
  'ThrottlingException',
  'TooManyRequests',
  'TooManyRequestsException',
];
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
const CONSIDERED = [
  'AccessDeniedException',
  'ExpiredTokenException',
  'UnrecognizedClientException',
  'InvalidParameters',
  'ServiceQuotaExceededException',
  'LimitExceededException',
  'NobodyKnowsThisOne',
];

const faults: [string, unknown, Fault][] = [
  ...THROTTLED.map((name): [string, unknown, Fault] => [name, refusalOf(name, 'Rate exceeded'), 'throttled']),
  ['a bare 429', answerOf(429), 'throttled'],
  ['a 429 of another name', answerOf(429, 'AccessDeniedException'), 'throttled'],
  ...ROLE_UNUSABLE.map(([name, message]): [string, unknown, Fault] => [
    `${name}: ${message}`,
    refusalOf(name, message),
    'role-unusable',
  ]),
  ...CONSIDERED.map((name): [string, unknown, Fault] => [name, refusalOf(name), 'refused']),
  [
    'a role that may not be passed',
    refusalOf('AccessDeniedException', 'not authorized to perform: iam:PassRole on resource: role x'),
    'refused',
  ],
  ['one update at a time', new TooManyUpdates({ message: '', $metadata }), 'throttled'],
  ['nobody listens: nothing was sent', networkError('Error', 'ECONNREFUSED'), 'throttled'],
  ['a fault of the server', new InternalServerError({ message: '', $metadata }), 'unanswered'],
  ['a server that is not available', refusalOf('ServiceUnavailable', '', 'server'), 'unanswered'],
  ['a connection that broke', networkError('Error', 'ECONNRESET'), 'unanswered'],
  ['a pipe that broke', networkError('Error', 'EPIPE'), 'unanswered'],
  ['a time that ran out', networkError('TimeoutError'), 'unanswered'],
  ['a call that was given up', networkError('AbortError'), 'unanswered'],
  ['an answer that cannot be read', new SyntaxError('Unexpected token <'), 'unanswered'],
  ['input that is not valid', refusalOf('ValidationException', 'Member must not be null'), 'refused'],
  ['an activation that is gone', new InvalidActivation({ message: '', $metadata }), 'refused'],
  ['too many tags', new TooManyTagsError({ message: '', $metadata }), 'refused'],
  ['a bug', new TypeError('undefined is not a function'), 'unknown'],
  ['something that is no error', 'thrown', 'unknown'],
];

test.each(faults)('%s', (_what, error, fault) => {
  expect(faultOf(error)).toBe(fault);
});
