import { Readable } from 'node:stream';
import type { DeserializeMiddleware, MiddlewareStack } from '@smithy/types';

/** Something answered in place of AWS: a proxy's page, or nothing but a status. */
export class NotWrittenByAws extends Error {
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(httpStatusCode: number) {
    super(`An answer with status ${httpStatusCode} has no request id of AWS; a proxy may have written it.`);
    // Told apart by its name, which a bundle would shorten.
    this.name = 'NotWrittenByAws';
    this.$metadata = { httpStatusCode };
  }
}

const REQUEST_IDS = ['x-amzn-requestid', 'x-amz-request-id'];

/**
 * Lets a client take nothing for AWS's answer that lacks the request id that each one of AWS has. An empty 200 would
 * read as "there is no such item", and a page with status 400 as a refusal.
 */
export const requireAnswersOfAws = <Input extends object, Output extends object>(
  stack: Pick<MiddlewareStack<Input, Output>, 'add'>,
): void => {
  const check: DeserializeMiddleware<Input, Output> = (next) => async (args) => {
    const result = await next(args);
    requireRequestId(result.response);
    return result;
  };
  stack.add(check, { step: 'deserialize', name: 'requireAnswersOfAws', priority: 'low' });
};

const requireRequestId = (response: unknown): void => {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return;
  const { headers } = response;
  if (REQUEST_IDS.some((name) => Object.hasOwn(Object(headers), name))) return;
  // Unread, it would keep its socket.
  if ('body' in response && response.body instanceof Readable) response.body.destroy();
  throw new NotWrittenByAws('statusCode' in response ? Number(response.statusCode) : 0);
};
