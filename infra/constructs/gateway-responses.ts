import { type GatewayResponseOptions, ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';

interface Answer {
  readonly type: ResponseType;
  readonly title: string;
  readonly statusCode?: string;
  /** A velocity expression; API Gateway's own message by default. */
  readonly detail?: string;
  readonly retryAfterSeconds?: number;
}

const LATER = 'Try again; see Retry-After.';

const ANSWERS: readonly Answer[] = [
  {
    type: ResponseType.THROTTLED,
    title: 'Too many requests at once',
    statusCode: '429',
    detail: LATER,
    retryAfterSeconds: 5,
  },
  // Not API Gateway's 403, after which a bootstrap script would give up: a fleet may boot behind one address.
  {
    type: ResponseType.WAF_FILTERED,
    title: 'Too many requests from this address',
    statusCode: '429',
    detail: LATER,
    retryAfterSeconds: 120,
  },
  // Among others, when all instances that the function may have are at work.
  {
    type: ResponseType.INTEGRATION_FAILURE,
    title: 'The service is busy',
    statusCode: '503',
    detail: LATER,
    retryAfterSeconds: 5,
  },
  {
    type: ResponseType.INTEGRATION_TIMEOUT,
    title: 'The service did not answer in time',
    statusCode: '503',
    detail: LATER,
    retryAfterSeconds: 10,
  },
  {
    type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
    title: 'Not signed, or no such route',
    statusCode: '403',
    detail: 'Operator routes take requests signed with IAM (SigV4); GET /openapi.json lists the routes.',
  },
  { type: ResponseType.DEFAULT_4XX, title: 'API Gateway refused the request' },
  { type: ResponseType.DEFAULT_5XX, title: 'API Gateway could not answer' },
];

/** API Gateway's own refusals in the form that the service's have (RFC 9457). */
export const addGatewayResponses = (api: RestApi): void => {
  for (const answer of ANSWERS) api.addGatewayResponse(answer.type.responseType, responseOf(answer));
};

const responseOf = ({
  type,
  title,
  statusCode,
  detail,
  retryAfterSeconds,
}: Answer): GatewayResponseOptions => ({
  type,
  ...(statusCode && { statusCode }),
  responseHeaders: {
    'Cache-Control': "'no-store'",
    'Content-Type': "'application/problem+json'",
    ...(retryAfterSeconds && { 'Retry-After': `'${retryAfterSeconds}'` }),
  },
  templates: { 'application/json': problem(title, statusCode, detail) },
});

/** `messageString` brings its own quotation marks. */
const problem = (title: string, status: string | undefined, detail: string | undefined): string => {
  const known = {
    type: 'about:blank',
    title,
    ...(status && { status: Number(status) }),
    code: '$context.error.responseType',
    requestId: '$context.requestId',
  };
  const text = detail === undefined ? '$context.error.messageString' : JSON.stringify(detail);
  return JSON.stringify(known).replace(/}$/, `,"detail":${text}}`);
};
