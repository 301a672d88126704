import { createHash, createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../process/server-process.ts';
import { callCli } from './command-line.ts';
import { startOther } from './other-api.ts';

const SECRETS: Readonly<Record<string, string>> = {
  AKIDENVIRONMENT: 'of-environment',
  AKIDPROFILE: 'of-profile',
};

const sha256 = (data: string): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();
const encoded = (part: string): string =>
  encodeURIComponent(part).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The signature that a request must have: "Create a signed AWS API request", IAM user guide, for execute-api. */
const signatureOf = (
  request: IncomingMessage,
  body: string,
  key: string,
  scope: string,
  signed: string,
): string => {
  const url = new URL(request.url ?? '', 'http://host');
  const [date = '', region = '', service = ''] = scope.split('/');
  const canonical = [
    request.method,
    // Every service but S3 encodes the path as it was sent once more.
    url.pathname.split('/').map(encoded).join('/'),
    [...url.searchParams]
      .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
      .sort()
      .join('&'),
    ...signed.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}`),
    '',
    signed,
    sha256(body),
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const signingKey = [region, service, 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${key}`, date));
  return hmac(signingKey, toSign).toString('hex');
};

/** Answers like API Gateway with the IAM authoriser: who signed, when the signature is right. */
const startGateway = async () => {
  const seen: { keyId: string; scope: string; path: string; isRight: boolean }[] = [];
  const url = await startOther(async (request, response) => {
    const body = await text(request);
    const [, keyId = '', scope = '', signed = '', signature] =
      /Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)/.exec(
        request.headers.authorization ?? '',
      ) ?? [];
    const right = signatureOf(request, body, SECRETS[keyId] ?? '', scope, signed);
    seen.push({ keyId, scope, path: request.url ?? '', isRight: right === signature && /host/.test(signed) });
    response.setHeader('content-type', 'application/json').end('{"Nodes": [], "Name": "x", "Tags": {}}');
  });
  return { url, seen };
};

describe('a deployed API', () => {
  test('gets requests that are signed with the credentials of the environment', async () => {
    const { url, seen } = await startGateway();
    const environment = {
      SSM_ACTIVATION_API: `${url}/latest`,
      SSM_ACTIVATION_AUTH: 'iam',
      SSM_ACTIVATION_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIDENVIRONMENT',
      AWS_SECRET_ACCESS_KEY: 'of-environment',
    };

    const [listed, tagged] = await Promise.all([
      callCli(['nodes', 'list', '--tag', "Role=a b/c*'+ü", '--prefix', 'x'], environment),
      callCli(['nodes', 'tag', 'a b/ü(1)', 'K=v'], environment),
    ]);

    expect([listed.stderr, tagged.stderr]).toEqual(['', '']);
    expect(seen).toHaveLength(2);
    for (const { keyId, scope, path, isRight } of seen) {
      expect({ keyId, isRight }, path).toEqual({ keyId: 'AKIDENVIRONMENT', isRight: true });
      expect(scope).toMatch(/^\d{8}\/eu-west-1\/execute-api\/aws4_request$/);
    }
  });

  test('gets requests that are signed with the credentials of a profile', async () => {
    const { url, seen } = await startGateway();
    const file = join(await temporaryDirectory(), 'credentials');
    await writeFile(file, '[ops]\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = of-profile\n');

    const { code } = await callCli(['nodes', 'list', '--profile', 'ops', '--auth', 'iam', '--api', url], {
      AWS_SHARED_CREDENTIALS_FILE: file,
    });

    expect(code).toBe(0);
    expect(seen).toMatchObject([{ keyId: 'AKIDPROFILE', isRight: true }]);
  });

  test('is not asked without credentials', async () => {
    const { url, seen } = await startGateway();

    const { code, stderr } = await callCli(['nodes', 'list', '--auth', 'iam', '--api', url], {
      AWS_EC2_METADATA_DISABLED: 'true',
    });

    expect({ code, seen }).toEqual({ code: 3, seen: [] });
    expect(stderr).toContain('There are no AWS credentials to sign with');
  });
});
