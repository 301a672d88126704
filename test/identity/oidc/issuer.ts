import { createServer, type Server, type ServerResponse } from 'node:http';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { Claims } from '../../../src/identity/oidc/claims.ts';

export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export const newKey = async (kid: string, alg = 'ES256'): Promise<SigningKey> => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
};

/** A token as an issuer makes it; `header` overrides what the key would say. */
export const sign = async (key: SigningKey, claims: Claims, header: Claims = {}): Promise<string> =>
  new SignJWT({ ...claims })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
    .sign(key.privateKey);

type Answer = (response: ServerResponse) => void;

export const json =
  (body: unknown, status = 200): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

/** An OpenID Connect issuer on loopback: its discovery document and its keys. */
export class TestIssuer {
  /** The paths that were asked for. */
  readonly requests: string[] = [];
  keys: SigningKey[] = [];
  /** What to answer instead of the right thing, by path. */
  readonly wrong = new Map<string, Answer>();
  readonly #server: Server = createServer(({ url = '' }, response) => {
    this.requests.push(url);
    (this.wrong.get(url) ?? this.#right(url))(response);
  });
  #port = 0;

  static async start(...keys: SigningKey[]): Promise<TestIssuer> {
    const issuer = new TestIssuer();
    issuer.keys = keys;
    await issuer.up();
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get jwks(): { readonly keys: readonly JWK[] } {
    return { keys: this.keys.map(({ publicJwk }) => publicJwk) };
  }

  /** Listens again where it did before. */
  async up(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  async down(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #right(path: string): Answer {
    if (path === '/.well-known/openid-configuration')
      return json({ issuer: this.url, jwks_uri: `${this.url}/keys` });
    return path === '/keys' ? json(this.jwks) : json({}, 404);
  }
}
