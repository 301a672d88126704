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
const networkError = (name: string, code?: string) =>
  Object.assign(new Error(code ?? name), { name, ...(code && { code }) });
const FRESH_ROLE = 'Nonexistent role or missing ssm service principal in trust policy: arn:aws:iam::1:role/x';

const faults: [string, unknown, Fault][] = [
  ['the rate was exceeded', refusalOf('ThrottlingException', 'Rate exceeded'), 'throttled'],
  ['one update at a time', new TooManyUpdates({ message: '', $metadata }), 'throttled'],
  ['a request limit', refusalOf('RequestLimitExceeded'), 'throttled'],
  ['too many requests', refusalOf('TooManyRequestsException'), 'throttled'],
  ['a role that is not known everywhere yet', refusalOf('ValidationException', FRESH_ROLE), 'throttled'],
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
  ['no permission', refusalOf('AccessDeniedException'), 'refused'],
  ['a token that expired', refusalOf('ExpiredTokenException'), 'refused'],
  ['something that is no error', 'thrown', 'refused'],
];

test.each(faults)('%s', (_what, error, fault) => {
  expect(faultOf(error)).toBe(fault);
});
