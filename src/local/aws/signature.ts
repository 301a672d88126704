/**
 * AWS Signature Version 4: the canonical request, the string to sign and the Authorization header.
 * Source: "Create a signed AWS API request", IAM user guide. Shared by the server, which verifies, and the simulated machine, which signs.
 * Only `POST /` without a query string is ever signed here, so paths and queries are not normalised.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Header names in lower case. */
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface SignableRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** What a credential is good for: `date` is `YYYYMMDD`. */
export interface CredentialScope {
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export interface Authorization {
  /** An access key id; in an agent's RSA-signed call, the managed node's own id. */
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
  readonly signedHeaders: readonly string[];
  /** Hexadecimal for SigV4, base64 for an agent's RSA signature. */
  readonly signature: string;
}

const algorithm = 'AWS4-HMAC-SHA256';
const authorizationForm =
  /^AWS4-HMAC-SHA256 +Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request, *SignedHeaders=([^,\s]+), *Signature=([\w+/=]+)$/;

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Uint8Array, data: string) => createHmac('sha256', key).update(data).digest();
const scopeText = ({ date, region, service }: CredentialScope) => `${date}/${region}/${service}/aws4_request`;

/** Undefined when the header is not in SigV4's form. */
export function parseAuthorization(header: string): Authorization | undefined {
  const [, accessKeyId, date, region, service, signedHeaders, signature] =
    authorizationForm.exec(header) ?? [];
  if (!accessKeyId || !date || !region || !service || !signedHeaders || !signature) return undefined;
  return {
    accessKeyId,
    scope: { date, region, service },
    signedHeaders: signedHeaders.split(';'),
    signature,
  };
}

export function formatAuthorization({ accessKeyId, scope, signedHeaders, signature }: Authorization): string {
  return `${algorithm} Credential=${accessKeyId}/${scopeText(scope)}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`;
}

function canonicalRequest(request: SignableRequest, signedHeaders: readonly string[]): string {
  const headers = signedHeaders.map((name) => {
    const values = [request.headers[name] ?? []].flat();
    return `${name}:${values.map((value) => value.trim().replace(/ +/g, ' ')).join(',')}\n`;
  });
  return [
    request.method,
    request.path,
    '',
    headers.join(''),
    signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
}

/** The string to sign; its time is the request's `x-amz-date` header. */
export function stringToSign(
  request: SignableRequest,
  { scope, signedHeaders }: Pick<Authorization, 'scope' | 'signedHeaders'>,
): string {
  const time = String(request.headers['x-amz-date'] ?? '');
  return [algorithm, time, scopeText(scope), sha256(canonicalRequest(request, signedHeaders))].join('\n');
}

/** The SigV4 signature in hexadecimal. */
export function signWithSecret(secretAccessKey: string, scope: CredentialScope, text: string): string {
  const key = [scope.date, scope.region, scope.service, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${secretAccessKey}`,
  );
  return hmac(key, text).toString('hex');
}

/** In constant time. */
export function sameSignature(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** `YYYYMMDDTHHMMSSZ`, the form of `x-amz-date`. */
export function amzDate(time: Date): string {
  return time.toISOString().replace(/[-:]|\.\d+/g, '');
}

/** The time an `x-amz-date` stands for, in epoch milliseconds; NaN when it is not one. */
export function parseAmzDate(text: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
