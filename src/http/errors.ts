import type { FastifyError } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import {
  ActivationError,
  BodyTooLarge,
  InternalError,
  InvalidRequest,
  ServiceUnavailable,
  UnsupportedMediaType,
} from '../activation/errors.ts';
import { startOf } from '../activation/start-of.ts';
import { pathRefused } from './literal-path.ts';

/** How many problems an answer lists: a request of a few bytes a problem must not make an answer of megabytes. */
const MOST_PROBLEMS = 20;

/** How many characters of a problem it shows: some quote what was sent. */
const LONGEST_MESSAGE = 300;

const TOO_LONG_RETURN_SECONDS = 5;

/** Makes any error that reaches Fastify one of the catalogue. */
export const toActivationError = (error: unknown): ActivationError => {
  if (error instanceof ActivationError) return error;
  if (!isFastifyError(error)) return new InternalError({ cause: error });
  if (hasZodFastifySchemaValidationErrors(error)) {
    const problems = error.validation.map(({ instancePath, message }) => ({
      field: instancePath.slice(1).replaceAll('/', '.') || (error.validationContext ?? ''),
      message: shortened(message ?? 'is not valid'),
    }));
    const left = problems.splice(MOST_PROBLEMS).length;
    if (left > 0) problems.push({ field: '', message: `and ${left} more problems` });
    return new InvalidRequest(problems, { cause: error });
  }
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new BodyTooLarge('The body may hold at most 64 KiB.', { cause: error });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new UnsupportedMediaType('Send a body as application/json.', { cause: error });
    case 'FST_ERR_HANDLER_TIMEOUT':
      return new ServiceUnavailable('The request took too long; try again.', TOO_LONG_RETURN_SECONDS, {
        cause: error,
      });
    case 'FST_ERR_BAD_URL':
      return pathRefused();
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return new InvalidRequest([{ field: 'body', message: 'is not valid JSON' }], { cause: error });
    default:
      return error.statusCode !== undefined && error.statusCode < 500
        ? new InvalidRequest([{ field: '', message: 'The request could not be read.' }], { cause: error })
        : new InternalError({ cause: error });
  }
};

const shortened = (message: string): string =>
  message.length <= LONGEST_MESSAGE ? message : `${startOf(message, LONGEST_MESSAGE)}...`;

const isFastifyError = (error: unknown): error is FastifyError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string';
