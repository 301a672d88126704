import { createHash, createHmac } from 'node:crypto';
import type { Authorize } from './connect.ts';

/** A local server's operators send its key. */
export const withOperatorKey =
  (key: string): Authorize =>
  async (request) => {
    request.headers.set('authorization', `Bearer ${key}`);
    return request;
  };

/** A deployed API's operators sign with IAM; what signs, and finds credentials, is loaded by the first request. */
export const withIam = (region: string, profile: string | undefined): Authorize => {
  let signer: Promise<Authorize> | undefined;
  return async (request) => {
    signer ??= createSigner(region, profile);
    return (await signer)(request);
  };
};

const createSigner = async (region: string, profile: string | undefined): Promise<Authorize> => {
  const [{ SignatureV4 }, { defaultProvider }] = await Promise.all([
    import('@smithy/signature-v4'),
    import('@aws-sdk/credential-provider-node'),
  ]);
  const provide = defaultProvider({ ...(profile && { profile }) });
  const credentials = () =>
    provide().catch((cause: unknown) => {
      throw new NoCredentials(profile, { cause });
    });
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  return async (request) => {
    const { protocol, hostname, host, pathname, searchParams } = new URL(request.url);
    const body = await request.text();
    const signed = await signer.sign({
      method: request.method,
      protocol,
      hostname,
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: { ...Object.fromEntries(request.headers), host },
      body,
    });
    return new Request(request.url, {
      method: request.method,
      headers: signed.headers,
      redirect: 'error',
      ...(body && { body }),
    });
  };
};

/** The default chain found nothing to sign with. */
export class NoCredentials extends Error {
  override readonly name = 'NoCredentials';

  constructor(profile: string | undefined, options: ErrorOptions) {
    super(`There are no AWS credentials${profile ? ` in the profile ${profile}` : ''} to sign with`, options);
  }
}

/** The hash that the signer asks for, by Node's own cryptography. */
class Sha256 {
  #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}

const bytesOf = (data: string | ArrayBuffer | ArrayBufferView): Uint8Array => {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
};
