import {
  InternalServerError,
  InvalidActivation,
  SSMServiceException,
  TooManyTagsError,
  TooManyUpdates,
} from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { type Fault, faultOf } from '../../src/aws/faults.ts';
import { NotWrittenByAws } from '../../src/aws/written-by-aws.ts';

const $metadata = { requestId: '0f3a' };
const refusalOf = (name: string, message = name, $fault: 'client' | 'server' = 'client') =>
  new SSMServiceException({ name, message, $fault, $metadata });
const answerOf = (httpStatusCode: number, name = 'UnknownError') =>
  new SSMServiceException({ name, message: '', $fault: 'client', $metadata: { httpStatusCode } });
const networkError = (name: string, code?: string) =>
  Object.assign(new Error(code ?? name), { name, ...(code && { code }) });
const clockSkew = Object.assign(refusalOf('InvalidSignatureException'), {
  $metadata: { clockSkewCorrected: true },
});
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
  ['a refusal without a request id of AWS', answerOf(403, 'AccessDeniedException'), 'unanswered'],
  ['a page of a proxy', new NotWrittenByAws(200), 'unanswered'],
  ['a page of a proxy that refuses', new NotWrittenByAws(403), 'unanswered'],
  ['too many requests, as a proxy has it', new NotWrittenByAws(429), 'throttled'],
  ['a signature by a clock that was wrong and is corrected', clockSkew, 'throttled'],
  ['no credentials', networkError('CredentialsProviderError'), 'no-credentials'],
  ['a bug', new TypeError('undefined is not a function'), 'unknown'],
  ['something that is no error', 'thrown', 'unknown'],
];

test.each(faults)('%s', (_what, error, fault) => {
  expect(faultOf(error)).toBe(fault);
});
