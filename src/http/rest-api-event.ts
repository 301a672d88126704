import { isIP } from 'node:net';
import * as z from 'zod';

/** Own properties in order, whatever their names: `__proto__` is a name like any other in a query. */
const entries = <T>(value: z.ZodType<T>) =>
  z
    .custom<Record<string, unknown>>(
      (given) => typeof given === 'object' && given !== null && !Array.isArray(given),
    )
    .transform((given) => Object.entries(given))
    .pipe(z.array(z.tuple([z.string(), value])))
    .nullish()
    .transform((given) => given ?? undefined);

const One = entries(z.string());
const Many = entries(z.array(z.string()).min(1));

export const RequestId = z.string().regex(/^[\w-]{1,128}$/);

const isBase64 = (text: string): boolean => Buffer.from(text, 'base64').toString('base64') === text;

/**
 * The request of a REST API with Lambda proxy integration (API Gateway developer guide, "Input format of a Lambda function
 * for proxy integration"). HTTP APIs, function URLs and load balancers send other shapes: each authorises, decodes and
 * repeats in its own way, and none of them is deployed.
 */
export const RestApiEvent = z
  .object({
    /** HTTP APIs name the version of theirs, REST APIs have none. */
    version: z.undefined().optional(),
    resource: z.string(),
    path: z.string(),
    httpMethod: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']),
    headers: One,
    multiValueHeaders: Many,
    queryStringParameters: One,
    multiValueQueryStringParameters: Many,
    pathParameters: One,
    requestContext: z.object({
      requestId: RequestId,
      resourcePath: z.string(),
      httpMethod: z.string(),
      /** As the caller wrote it, with the stage or the base path of a domain. */
      path: z.string(),
      domainName: z.string().optional(),
      identity: z.object({
        sourceIp: z.string().refine((address) => isIP(address) !== 0, 'is no address'),
        userArn: z.string().nullish(),
      }),
    }),
    body: z
      .string()
      .nullish()
      .transform((body) => body ?? ''),
    isBase64Encoded: z.boolean(),
  })
  .refine(({ body, isBase64Encoded }) => !isBase64Encoded || isBase64(body), {
    path: ['body'],
    message: 'is not base64',
  })
  .refine(
    ({ resource, httpMethod, requestContext }) =>
      requestContext.resourcePath === resource && requestContext.httpMethod === httpMethod,
    { path: ['requestContext'], message: 'is of another route' },
  );
export type RestApiEvent = z.infer<typeof RestApiEvent>;
