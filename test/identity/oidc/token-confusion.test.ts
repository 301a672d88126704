import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidIdentity } from '../../../src/activation/errors.ts';
import type { Claims } from '../../../src/identity/oidc/claims.ts';
import { AUDIENCE, claimsOf, examine, NOW_SECONDS, proofWith, provider } from './examination.ts';
import { newKey, type SigningKey, sign, TestIssuer } from './issuer.ts';

let key: SigningKey;
let attacker: SigningKey;
let issuer: TestIssuer;
let attackersIssuer: TestIssuer;

beforeAll(async () => {
  key = await newKey('k1', 'RS256');
  attacker = await newKey('k1', 'RS256');
  issuer = await TestIssuer.start(key);
  attackersIssuer = await TestIssuer.start(attacker);
});
afterAll(() => Promise.all([issuer.down(), attackersIssuer.down()]));

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The check that failed; the caller is told nothing but that the proof is not accepted. */
const refusal = async (token: string) => {
  const { error, failed } = await examine(proofWith([provider(issuer.url)]), token);
  expect(error).toBeInstanceOf(InvalidIdentity);
  expect(error?.detail).toBe(new InvalidIdentity().detail);
  return failed;
};

describe('a token that is not what it seems', () => {
  it.each(['none', 'None', 'NONE', ''])('is refused without a signature, as alg %j', async (alg) => {
    const token = `${base64url({ alg })}.${base64url(claimsOf(issuer.url))}.`;

    expect((await refusal(token))?.check).toBe('Algorithm');
  });

  it('is refused when its header names no algorithm', async () => {
    const [, claims, signature] = (await sign(key, claimsOf(issuer.url))).split('.');

    expect((await refusal(`${base64url({ kid: 'k1' })}.${claims}.${signature}`))?.check).toBe('Algorithm');
  });

  it.each(['HS256', 'HS384', 'HS512'])(
    'is refused when the public key served as the secret of %s',
    async (alg) => {
      const secrets = [JSON.stringify(key.publicJwk), String(key.publicJwk.n)];
      for (const secret of secrets) {
        const token = await new SignJWT({ ...claimsOf(issuer.url) })
          .setProtectedHeader({ alg, kid: 'k1' })
          .sign(Buffer.from(secret.padEnd(64)));

        expect((await refusal(token))?.check).toBe('Algorithm');
      }
    },
  );

  it('is refused when the issuer publishes a symmetric key and the token was made with it', async () => {
    const secret = Buffer.alloc(32, 7);
    issuer.wrong.set('/keys', (response) => {
      response.end(JSON.stringify({ keys: [{ kty: 'oct', kid: 'k1', k: secret.toString('base64url') }] }));
    });
    const token = await new SignJWT({ ...claimsOf(issuer.url) })
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(secret);

    const failed = await refusal(token);
    issuer.wrong.clear();

    expect(failed?.check).toBe('Algorithm');
  });

  it('is refused when another key of the same id signed it', async () => {
    expect((await refusal(await sign(attacker, claimsOf(issuer.url))))?.check).toBe('Signature');
  });

  it.each<[string, () => Claims]>([
    ['jwk', () => ({ jwk: attacker.publicJwk })],
    ['jku', () => ({ jku: `${attackersIssuer.url}/keys` })],
    ['x5u', () => ({ x5u: `${attackersIssuer.url}/keys` })],
    ['x5c', () => ({ x5c: ['MIIB'] })],
    ['all of them', () => ({ jwk: attacker.publicJwk, jku: `${attackersIssuer.url}/keys`, kid: undefined })],
  ])('is not verified with a key of its own, brought in %s', async (_, header) => {
    const failed = await refusal(await sign(attacker, claimsOf(issuer.url), header()));

    expect(failed?.check).toBe('Signature');
    expect(attackersIssuer.requests).toEqual([]);
  });

  it.each(['../../../../dev/null', "k1' OR '1'='1", '__proto__', 'constructor', '', 'K1', 'k1\u0000'])(
    'finds no key by the id %j',
    async (kid) => {
      expect((await refusal(await sign(attacker, claimsOf(issuer.url), { kid })))?.check).toBe('Signature');
    },
  );

  it.each([[['k1']], [1], [{ kid: 'k1' }], [null]])(
    'finds no key by an id that is no text: %j',
    async (kid) => {
      const token = await signRaw({ alg: 'RS256', kid }, claimsOf(issuer.url));

      expect((await refusal(token))?.check).toBe('Signature');
    },
  );

  it('is refused when its header demands extensions', async () => {
    const token = await new SignJWT({ ...claimsOf(issuer.url) })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1', crit: ['b64'], b64: true })
      .sign(key.privateKey);

    expect(await refusal(token)).toMatchObject({
      check: 'Algorithm',
      detail: expect.stringContaining('crit'),
    });
  });

  it('is refused when it names an algorithm that its key is not for', async () => {
    const [, claims, signature] = (await sign(key, claimsOf(issuer.url))).split('.');

    expect(await refusal(`${base64url({ alg: 'PS256', kid: 'k1' })}.${claims}.${signature}`)).toMatchObject({
      check: 'Signature',
      detail: expect.stringContaining('no applicable key'),
    });
  });

  it('is refused when its claims are those of another genuine token', async () => {
    const [header, , signature] = (await sign(key, claimsOf(issuer.url))).split('.');
    const [, claims] = (await sign(key, claimsOf(issuer.url, { machine: 'web-2' }))).split('.');

    expect((await refusal(`${header}.${claims}.${signature}`))?.check).toBe('Signature');
  });

  it('is refused when its signature is spelt in another way', async () => {
    const token = await sign(key, claimsOf(issuer.url));
    const bytes = Buffer.from(token.split('.')[2] ?? '', 'base64url');
    const respelt = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
      .map((last) => token.slice(0, -1) + last)
      .filter(
        (other) => other !== token && Buffer.from(other.split('.')[2] ?? '', 'base64url').equals(bytes),
      );

    expect(respelt).not.toEqual([]);
    for (const other of respelt) expect((await refusal(other))?.check).toBe('Token');
  });

  it('is refused unread when it is longer than 16 KiB', async () => {
    const token = await sign(key, claimsOf(issuer.url, { filler: 'x'.repeat(13_000) }));

    expect(await refusal(token)).toMatchObject({ check: 'Token', detail: expect.stringContaining('16384') });
  });

  it.each(['bm9uZQ.bm9uZQ.bm9uZQ', `${base64url({ alg: 'RS256' })}.${base64url([1])}.AAAA`, 'W10.W10.AAAA'])(
    'is refused when header and claims are not JSON objects: %s',
    async (token) => {
      expect((await refusal(token))?.check).toBe('Token');
    },
  );

  it.each<[string, Claims]>([
    ['another service', { aud: 'https://other.example.com' }],
    ['several others', { aud: ['https://other.example.com', `${AUDIENCE}/`] }],
    ['nobody', { aud: undefined }],
    ['no text', { aud: { [AUDIENCE]: true } }],
    ['a list within a list', { aud: [[AUDIENCE]] }],
    ['a longer audience that begins like ours', { aud: `${AUDIENCE}.evil.example` }],
  ])('is refused when it is for %s', async (_, aud) => {
    const failed = await refusal(await signRaw({ alg: 'RS256', kid: 'k1' }, claimsOf(issuer.url, aud)));

    expect(failed?.check).toBe('Audience');
  });

  it('is taken when a list of audiences holds ours', async () => {
    const token = await sign(key, claimsOf(issuer.url, { aud: ['https://other.example.com', AUDIENCE] }));

    expect((await examine(proofWith([provider(issuer.url)]), token)).proven?.principal.madeAt).toEqual(
      new Date(NOW_SECONDS * 1000),
    );
  });
});

/** Signs what jose would not: a header or claims of the wrong types. */
const signRaw = async (header: Claims, claims: Claims): Promise<string> => {
  const input = `${base64url(header)}.${base64url(claims)}`;
  const octets = new TextEncoder().encode(input);
  const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', key.privateKey, octets);
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
};
