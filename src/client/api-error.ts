/** An answer of the API that is no success: a problem document, or API Gateway's own refusal. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** One of the service's error codes, or the type of API Gateway's error. */
  readonly code: string;
  readonly detail: string;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(answer: Pick<ApiError, 'status' | 'code' | 'detail' | 'requestId' | 'retryAfterSeconds'>) {
    super(`${answer.code}: ${answer.detail}`);
    this.status = answer.status;
    this.code = answer.code;
    this.detail = answer.detail;
    this.requestId = answer.requestId;
    this.retryAfterSeconds = answer.retryAfterSeconds;
  }
}

/** The API could not be reached, did not answer in time, or something else answered in its place. */
export class ApiUnreachable extends Error {
  override readonly name = 'ApiUnreachable';
}

/** Reads whatever a refusal has: RFC 9457 here, `message` and headers from API Gateway. */
export const apiErrorOf = (status: number, headers: Headers, body: unknown): ApiError => {
  const field = (name: string): string | undefined => {
    const value = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN);
  return new ApiError({
    status,
    code: field('code') ?? headers.get('x-amzn-errortype')?.split(':')[0] ?? `Http${status}`,
    detail: field('detail') ?? field('message') ?? field('Message') ?? `The API answered ${status}.`,
    requestId: field('requestId') ?? headers.get('x-amzn-requestid') ?? undefined,
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
  });
};
