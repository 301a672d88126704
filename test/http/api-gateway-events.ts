/**
 * Events in the shapes that API Gateway sends (AWS Lambda developer guide: "Using AWS Lambda with API Gateway";
 * API Gateway developer guide: "Working with AWS Lambda proxy integrations for HTTP APIs").
 */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, readonly string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly sourceIp?: string;
  /** The IAM principal that the authoriser let through. */
  readonly userArn?: string;
}

export const CONTEXT = {
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'api',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:api',
  memoryLimitInMB: '512',
  awsRequestId: 'e3b0c442-98fc-4c14-9afb-f4c8996fb924',
  logGroupName: '/aws/lambda/api',
  logStreamName: '2026/11/21/[$LATEST]0123456789abcdef',
  getRemainingTimeInMillis: () => 29_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
};

export const REQUEST_ID = 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef';

/** REST API, Lambda proxy integration. */
export const restEvent = ({
  method,
  path,
  query = {},
  headers = {},
  body,
  sourceIp = '127.0.0.1',
  userArn,
}: Call) => ({
  resource: '/{proxy+}',
  path,
  httpMethod: method,
  headers: { Host: 'abc123.execute-api.eu-west-1.amazonaws.com', 'X-Forwarded-For': sourceIp, ...headers },
  multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
  queryStringParameters: Object.fromEntries(
    Object.entries(query).map(([name, values]) => [name, values.at(-1)]),
  ),
  multiValueQueryStringParameters: query,
  pathParameters: { proxy: path.slice(1) },
  stageVariables: null,
  requestContext: {
    resourceId: '123456',
    resourcePath: '/{proxy+}',
    httpMethod: method,
    path: `/latest${path}`,
    accountId: '111122223333',
    protocol: 'HTTP/1.1',
    stage: 'latest',
    domainPrefix: 'abc123',
    requestId: REQUEST_ID,
    requestTimeEpoch: 1_795_255_200_000,
    apiId: 'abc123',
    identity: {
      cognitoIdentityPoolId: null,
      accountId: userArn ? '111122223333' : null,
      caller: userArn ? 'AIDAEXAMPLE' : null,
      sourceIp,
      accessKey: null,
      userAgent: 'curl/8.0',
      userArn: userArn ?? null,
      user: null,
    },
  },
  body: body === undefined ? null : JSON.stringify(body),
  isBase64Encoded: false,
});

/** HTTP API, payload format 2.0. */
export const httpEvent = ({
  method,
  path,
  query = {},
  headers = {},
  body,
  sourceIp = '127.0.0.1',
  userArn,
}: Call) => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: `/latest${path}`,
  rawQueryString: new URLSearchParams(
    Object.entries(query).flatMap(([name, values]) => values.map((value): [string, string] => [name, value])),
  ).toString(),
  headers: { host: 'abc123.execute-api.eu-west-1.amazonaws.com', 'x-forwarded-for': sourceIp, ...headers },
  queryStringParameters: Object.fromEntries(
    Object.entries(query).map(([name, values]) => [name, values.join(',')]),
  ),
  requestContext: {
    accountId: '111122223333',
    apiId: 'abc123',
    authentication: null,
    ...(userArn && { authorizer: { iam: { accountId: '111122223333', userArn, userId: 'AIDAEXAMPLE' } } }),
    domainName: 'abc123.execute-api.eu-west-1.amazonaws.com',
    domainPrefix: 'abc123',
    http: { method, path: `/latest${path}`, protocol: 'HTTP/1.1', sourceIp, userAgent: 'curl/8.0' },
    requestId: REQUEST_ID,
    routeKey: '$default',
    stage: 'latest',
    time: '21/Nov/2026:10:00:00 +0000',
    timeEpoch: 1_795_255_200_000,
  },
  ...(body !== undefined && { body: JSON.stringify(body) }),
  isBase64Encoded: false,
});
