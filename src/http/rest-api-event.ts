import { isIP } from 'node:net';
import * as z from 'zod';

type Values = Readonly<Record<string, unknown>>;

const isObject = (given: unknown): given is Values =>
  typeof given === 'object' && given !== null && !Array.isArray(given);
const isText = (given: unknown): given is string => typeof given === 'string';
const isTexts = (given: unknown): given is readonly string[] =>
  Array.isArray(given) && given.length > 0 && given.every(isText);

/** Judged in one walk, for these are most of an event; and with own properties of any name, which `z.record` leaves out. */
const each = <T>(isValue: (given: unknown) => given is T) =>
  z
    .custom<Readonly<Record<string, T>>>((given) => isObject(given) && Object.values(given).every(isValue))
    .nullish();

const One = each(isText);
const Many = each(isTexts);

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
    body: z.string().nullish(),
    isBase64Encoded: z.boolean(),
  })
  .refine(({ body, isBase64Encoded }) => !isBase64Encoded || isBase64(body ?? ''), {
    path: ['body'],
    message: 'is not base64',
  })
  .refine(
    ({ resource, httpMethod, requestContext }) =>
      requestContext.resourcePath === resource && requestContext.httpMethod === httpMethod,
    { path: ['requestContext'], message: 'is of another route' },
  );
export type RestApiEvent = z.infer<typeof RestApiEvent>;
