/** Something answered in place of AWS: a proxy's page, or nothing but a status. */
export class NotWrittenByAws extends Error {
  readonly $metadata: { readonly httpStatusCode: number | undefined };

  constructor(httpStatusCode: number | undefined) {
    super(`An answer with status ${httpStatusCode} has no request id of AWS; a proxy may have written it.`);
    // A bundle gives classes shorter names, and errors are told apart by theirs.
    this.name = 'NotWrittenByAws';
    this.$metadata = { httpStatusCode };
  }
}

interface Output {
  readonly $metadata: {
    readonly httpStatusCode?: number | undefined;
    readonly requestId?: string | undefined;
  };
}

/**
 * An output of the SDK, if AWS has written it: every answer of AWS has a request id. An empty 200 of a proxy would read as
 * "there is no such item".
 */
export const writtenByAws = <T extends Output>(output: T): T => {
  const { requestId, httpStatusCode } = output.$metadata;
  if (requestId === undefined) throw new NotWrittenByAws(httpStatusCode);
  return output;
};
