import { ApiError, ApiUnreachable } from '../client/api-error.ts';
import { NoCredentials } from '../client/authorize.ts';
import { reasonOf } from '../described-error.ts';
import { type Ending, Failure } from './failure.ts';

/** Whatever a command threw, as what its user is told and the code that scripts see. */
export const failureOf = (error: unknown): Failure => {
  if (error instanceof Failure) return error;
  if (error instanceof ApiUnreachable) {
    return new Failure('unavailable', error.message, [
      'Name the API with --api or SSM_ACTIVATION_API, or start a local one: ssm-activation serve',
    ]);
  }
  if (error instanceof NoCredentials) {
    return new Failure('denied', reasonOf(error), [
      'Sign in (aws sso login), or choose another with --profile.',
    ]);
  }
  if (error instanceof ApiError) {
    const requestId = error.requestId ? [`Request id: ${error.requestId}`] : [];
    return new Failure(endingOf(error), error.message, [...adviceOn(error), ...requestId]);
  }
  return new Failure('failed', reasonOf(error));
};

const endingOf = ({ status }: ApiError): Ending => {
  switch (status) {
    case 400:
    case 413:
      return 'usage';
    case 401:
    case 403:
      return 'denied';
    case 404:
      return 'not found';
    case 409:
      return 'conflict';
    case 429:
    case 502:
    case 503:
    case 504:
      return 'unavailable';
    default:
      return 'failed';
  }
};

const adviceOn = ({ status, code, retryAfterSeconds }: ApiError): string[] => {
  if (status === 401 || status === 403) {
    return [
      'See which key, profile and region are used, and where they come from: ssm-activation config show',
    ];
  }
  if (code === 'NameUnknown') return ['See what there is: ssm-activation nodes list'];
  if (code === 'TokenUnknown') return ['See what there is: ssm-activation tokens list'];
  // Not this API's own code: a proxy, or another service.
  if (status === 404 || code.startsWith('Http'))
    return ['Is this the right address? See it: ssm-activation config show'];
  if (retryAfterSeconds !== undefined) return [`Try again in ${retryAfterSeconds} s.`];
  return [];
};
