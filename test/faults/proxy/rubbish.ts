import { randomUUID } from 'node:crypto';
import type { AwsErrorName } from './fault.ts';
import type { UpstreamAnswer } from './upstream.ts';

/** What a proxy in between says for itself. AWS names each of its answers by x-amzn-requestid: this has none. */
export const pageOf = (status: number): UpstreamAnswer => ({
  status,
  headers: ['content-type', 'text/html', 'server', 'a-proxy'],
  body: Buffer.from(
    `<!DOCTYPE html><html><body><h1>${status}</h1><p>This is not what you asked for.</p></body></html>`,
  ),
});

export const emptyAnswer = (status: number): UpstreamAnswer => ({
  status,
  headers: [],
  body: Buffer.alloc(0),
});

/** DynamoDB and SSM tell one and the same thing in the terms of their own models. */
const TYPES: Readonly<Record<AwsErrorName, { status: number; type: string }>> = {
  AccessDeniedException: { status: 400, type: 'com.amazon.coral.service#AccessDeniedException' },
  ExpiredTokenException: { status: 400, type: 'com.amazon.coral.service#ExpiredTokenException' },
  ThrottlingException: { status: 400, type: 'com.amazon.coral.availability#ThrottlingException' },
  InternalServerError: { status: 500, type: 'com.amazonaws.dynamodb.v20120810#InternalServerError' },
  ResourceNotFoundException: {
    status: 400,
    type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
  },
};

/** An error of AWS's own, well formed. */
export const awsError = (name: AwsErrorName, contentType: string): UpstreamAnswer => {
  const { status, type } = TYPES[name];
  return {
    status,
    headers: ['content-type', contentType, 'x-amzn-requestid', randomUUID()],
    body: Buffer.from(JSON.stringify({ __type: type, message: `${name}, says the fault proxy.` })),
  };
};
