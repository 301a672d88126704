import { ROUTES } from '../../infra/routes.ts';

/**
 * Events in the shapes that API Gateway sends (AWS Lambda developer guide: "Using AWS Lambda with API Gateway";
 * API Gateway developer guide: "Working with AWS Lambda proxy integrations for HTTP APIs").
 */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, readonly string[]>>;
  /** Several values are several header lines. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: unknown;
  readonly sourceIp?: string;
  /** The IAM principal that the authoriser let through. */
  readonly userArn?: string;
  readonly basePath?: string;
}

export const DOMAIN = 'abc123.execute-api.eu-west-1.amazonaws.com';

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

/** The route that API Gateway finds for a path, as it is deployed; a path of none stands for itself. */
const routeOf = (path: string) => {
  const segments = path.replace(/(?<=.)\/$/, '').split('/');
  const fits = (route: string) => {
    const parts = route.split('/');
    return (
      parts.length === segments.length &&
      parts.every((part, index) => part.startsWith('{') || part === segments[index])
    );
  };
  const resource = ROUTES.find((route) => fits(route.path))?.path ?? segments.join('/');
  const parameters = resource
    .split('/')
    .flatMap((part, index) => (part.startsWith('{') ? [[part.slice(1, -1), segments[index] ?? '']] : []));
  return { resource, pathParameters: parameters.length > 0 ? Object.fromEntries(parameters) : null };
};

/** Null when there is none, as API Gateway has it. */
const orNull = <T>(entries: readonly (readonly [string, T])[]): Record<string, T> | null =>
  entries.length > 0 ? Object.fromEntries(entries) : null;

/** REST API, Lambda proxy integration. A `basePath` is that of a domain which is mapped to the stage. */
export const restEvent = ({
  method,
  path,
  query = {},
  headers = {},
  body,
  sourceIp = '127.0.0.1',
  userArn,
  basePath,
}: Call) => {
  const { resource, pathParameters } = routeOf(path);
  const received = Object.entries({ Host: DOMAIN, 'X-Forwarded-For': sourceIp, ...headers }).map(
    ([name, values]): [string, readonly string[]] => [name, [values].flat()],
  );
  const asked = Object.entries(query);
  return {
    resource,
    path: `${basePath ?? ''}${path}`,
    httpMethod: method,
    headers: Object.fromEntries(received.map(([name, values]) => [name, values.at(-1) ?? ''])),
    multiValueHeaders: Object.fromEntries(received),
    queryStringParameters: orNull(asked.map(([name, values]) => [name, values.at(-1) ?? ''])),
    multiValueQueryStringParameters: orNull(asked),
    pathParameters,
    stageVariables: null,
    requestContext: {
      resourceId: '123456',
      resourcePath: resource,
      httpMethod: method,
      path: `${basePath ?? '/latest'}${path}`,
      accountId: '111122223333',
      protocol: 'HTTP/1.1',
      stage: 'latest',
      domainName: DOMAIN,
      domainPrefix: 'abc123',
      requestId: REQUEST_ID,
      extendedRequestId: 'BZ5qWHZLDoEEJSg=',
      requestTime: '21/Nov/2026:10:00:00 +0000',
      requestTimeEpoch: 1_795_255_200_000,
      apiId: 'abc123',
      identity: {
        cognitoIdentityPoolId: null,
        cognitoIdentityId: null,
        cognitoAuthenticationType: null,
        cognitoAuthenticationProvider: null,
        accountId: userArn ? '111122223333' : null,
        caller: userArn ? 'AIDAEXAMPLE' : null,
        sourceIp,
        principalOrgId: null,
        accessKey: null,
        userAgent: 'curl/8.0',
        userArn: userArn ?? null,
        user: null,
      },
    },
    body: body === undefined ? null : JSON.stringify(body),
    isBase64Encoded: false,
  };
};
