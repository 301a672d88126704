/**
 * Requests in the shapes of the other services that invoke functions with HTTP: what a function that is put behind one
 * of them is sent (AWS Lambda developer guide: "Request payload format" of function URLs, "Using Lambda with an
 * Application Load Balancer"; API Gateway developer guide: "AWS Lambda proxy integrations for HTTP APIs",
 * "WebSocket APIs"). All of them ask for an activation as a caller whose address policy lets in.
 */
const SOURCE_IP = '10.1.2.3';
const ARN = 'arn:aws:iam::111122223333:user/alice';
const ACCOUNT = '111122223333';
const QUERY = { name: 'web-1' };
const headersAt = (host: string) => ({ host, accept: '*/*', 'user-agent': 'curl/8.0' });

const http = (host: string, stage: string, authorizer: object) => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: '/activate',
  rawQueryString: 'name=web-1',
  cookies: ['a=b'],
  headers: headersAt(host),
  queryStringParameters: QUERY,
  requestContext: {
    accountId: ACCOUNT,
    apiId: host.split('.')[0],
    ...authorizer,
    domainName: host,
    domainPrefix: host.split('.')[0],
    http: {
      method: 'GET',
      path: '/activate',
      protocol: 'HTTP/1.1',
      sourceIp: SOURCE_IP,
      userAgent: 'curl/8.0',
    },
    requestId: 'JKJaXmPLvHcESHA=',
    routeKey: '$default',
    stage,
    time: '21/Nov/2026:10:00:00 +0000',
    timeEpoch: 1_795_255_200_000,
  },
  isBase64Encoded: false,
});

const loadBalancer = (parameters: object) => ({
  requestContext: {
    elb: {
      targetGroupArn: `arn:aws:elasticloadbalancing:eu-west-1:${ACCOUNT}:targetgroup/api/6d0ecf831eec9f09`,
    },
  },
  httpMethod: 'GET',
  path: '/activate',
  ...parameters,
  body: '',
  isBase64Encoded: false,
});

const ALB_HEADERS = {
  ...headersAt('lb-1.eu-west-1.elb.amazonaws.com'),
  'x-forwarded-for': SOURCE_IP,
  'x-forwarded-port': '443',
  'x-forwarded-proto': 'https',
  'x-amzn-trace-id': 'Root=1-6914a0e0-0123456789abcdef01234567',
};
const severally = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));

export const FOREIGN_EVENTS: Readonly<Record<string, unknown>> = {
  'an HTTP API, payload 2.0': http('abc123.execute-api.eu-west-1.amazonaws.com', 'latest', {
    authorizer: { iam: { accountId: ACCOUNT, callerId: 'AIDAEXAMPLE', userArn: ARN, userId: 'AIDAEXAMPLE' } },
  }),
  'an HTTP API, payload 1.0': {
    version: '1.0',
    resource: '/activate',
    path: '/activate',
    httpMethod: 'GET',
    headers: headersAt('abc123.execute-api.eu-west-1.amazonaws.com'),
    multiValueHeaders: severally(headersAt('abc123.execute-api.eu-west-1.amazonaws.com')),
    queryStringParameters: QUERY,
    multiValueQueryStringParameters: severally(QUERY),
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      accountId: ACCOUNT,
      apiId: 'abc123',
      domainName: 'abc123.execute-api.eu-west-1.amazonaws.com',
      domainPrefix: 'abc123',
      extendedRequestId: 'JKJaXmPLvHcESHA=',
      httpMethod: 'GET',
      identity: { accountId: null, sourceIp: SOURCE_IP, userAgent: 'curl/8.0', userArn: ARN },
      path: '/activate',
      protocol: 'HTTP/1.1',
      requestId: 'JKJaXmPLvHcESHA=',
      resourceId: 'GET /activate',
      resourcePath: '/activate',
      stage: '$default',
    },
    body: null,
    isBase64Encoded: false,
  },
  'a function URL': http('abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-west-1.on.aws', '$default', {
    authentication: null,
    authorizer: { iam: { accountId: ACCOUNT, userArn: ARN } },
  }),
  'a load balancer': loadBalancer({ queryStringParameters: QUERY, headers: ALB_HEADERS }),
  'a load balancer with all values': loadBalancer({
    multiValueQueryStringParameters: severally(QUERY),
    multiValueHeaders: severally(ALB_HEADERS),
  }),
  'a WebSocket API': {
    headers: headersAt('abc123.execute-api.eu-west-1.amazonaws.com'),
    multiValueHeaders: severally(headersAt('abc123.execute-api.eu-west-1.amazonaws.com')),
    requestContext: {
      routeKey: '$connect',
      eventType: 'CONNECT',
      extendedRequestId: 'JKJaXmPLvHcESHA=',
      requestTime: '21/Nov/2026:10:00:00 +0000',
      messageDirection: 'IN',
      stage: 'latest',
      connectedAt: 1_795_255_200_000,
      requestTimeEpoch: 1_795_255_200_000,
      identity: { sourceIp: SOURCE_IP, userAgent: 'curl/8.0' },
      requestId: 'JKJaXmPLvHcESHA=',
      domainName: 'abc123.execute-api.eu-west-1.amazonaws.com',
      connectionId: 'JKJaXfJOPHcCEkQ=',
      apiId: 'abc123',
    },
    isBase64Encoded: false,
  },
  'the worker’s schedule': { task: 'sweep' },
  'a queue': {
    Records: [{ messageId: '19dd0b57-b21e-4ac1-bd88-01bbb068cb78', body: '{}', eventSource: 'aws:sqs' }],
  },
};
