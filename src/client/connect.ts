import { reasonOf } from '../described-error.ts';
import { ApiUnreachable, apiErrorOf } from './api-error.ts';

/** Puts what proves an operator onto a request. */
export type Authorize = (request: Request) => Promise<Request>;

/** What every function of the generated client takes last: where the API is, and how it is asked. */
export interface Connection {
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
}

export interface ConnectionOptions {
  /** With its stage, when it has one: `https://host/latest`. */
  readonly url: string;
  readonly authorize: Authorize;
  readonly timeoutMs: number;
}

/** A connection on which every answer that is no success is thrown. @throws ApiError, ApiUnreachable */
export const connect = ({ url, authorize, timeoutMs }: ConnectionOptions): Connection => ({
  baseUrl: url.replace(/\/+$/, ''),
  fetch: async (input, init) => {
    const request = await authorize(new Request(input, { ...init, redirect: 'error' }));
    const answer = await send(request, timeoutMs);
    const isJson = /\bjson\b/.test(answer.headers.get('content-type') ?? '');
    if (!isJson) throw new ApiUnreachable(`What answers at ${url} (${answer.status}) is not this API`);
    if (!answer.ok) throw apiErrorOf(answer.status, answer.headers, await answer.json());
    return answer;
  },
});

const send = async (request: Request, timeoutMs: number): Promise<Response> => {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(timeoutMs) });
  } catch (cause) {
    const { origin } = new URL(request.url);
    const late = cause instanceof Error && cause.name === 'TimeoutError';
    const reason = late ? `no answer within ${timeoutMs / 1000} s` : reasonOf(underlying(cause));
    throw new ApiUnreachable(`The API at ${origin} cannot be reached: ${reason}`, { cause });
  }
};

/** undici says "fetch failed", and why in the cause. */
const underlying = (error: unknown): unknown =>
  error instanceof Error && error.cause !== undefined ? underlying(error.cause) : error;
