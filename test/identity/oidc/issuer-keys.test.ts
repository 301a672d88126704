import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createIssuerKeys } from '../../../src/identity/oidc/issuer-keys.ts';
import { claimsOf, examine, NOW, proofWith, provider } from './examination.ts';
import { newKey, type SigningKey, sign, TestIssuer } from './issuer.ts';

const CALLERS = Number(process.env['RACERS'] ?? 100);
const DISCOVERY = '/.well-known/openid-configuration';
const SECOND = 1000;
const MINUTE = 60 * SECOND;

let key: SigningKey;
let nextKey: SigningKey;
let issuer: TestIssuer;
let now: Date;

beforeAll(async () => {
  key = await newKey('k1');
  nextKey = await newKey('k2');
});
beforeEach(async () => {
  issuer = await TestIssuer.start(key);
  now = NOW;
});
afterEach(() => issuer.down());

const later = (milliseconds: number) => {
  now = new Date(now.getTime() + milliseconds);
};

const proofOf = (more: Parameters<typeof provider>[1] = {}) =>
  proofWith([provider(issuer.url, more)], { clock: () => now });

const token = (signer = key) => sign(signer, claimsOf(issuer.url));

describe("an issuer's keys", () => {
  it('are found through its discovery document', async () => {
    const { proven } = await examine(proofOf(), await token());

    expect(proven?.names.proven).toBe('web-1');
    expect(issuer.requests).toEqual([DISCOVERY, '/keys']);
  });

  it('are fetched from the place that policy names, without discovery', async () => {
    const { proven } = await examine(proofOf({ jwksUri: `${issuer.url}/keys` }), await token());

    expect(proven?.names.proven).toBe('web-1');
    expect(issuer.requests).toEqual(['/keys']);
  });

  it.each(['http://keys.example/keys', 'http://127.0.0.1.evil.example/keys', 'http://user@localhost/keys'])(
    'are not fetched over plain HTTP from the %s that discovery names',
    async (place) => {
      const fetched: string[] = [];
      const fetch = async (url: string) => {
        fetched.push(url);
        return Response.json({ issuer: issuer.url, jwks_uri: place, keys: [] });
      };
      const keys = createIssuerKeys({ issuer: issuer.url, fetch, clock: () => now, timeoutMs: 1_000 });

      await expect(keys.keyFor({ alg: 'ES256' })).rejects.toThrow('cannot be fetched');

      expect(fetched).toEqual([`${issuer.url}${DISCOVERY}`]);
    },
  );

  it('are not looked for when policy does not name the issuer', async () => {
    const stranger = await TestIssuer.start(key);

    const { error, failed } = await examine(proofOf(), await sign(key, claimsOf(stranger.url)));
    await stranger.down();

    expect(error?.code).toBe('InvalidIdentity');
    expect(failed?.check).toBe('Issuer');
    expect([...stranger.requests, ...issuer.requests]).toEqual([]);
  });

  it.each([undefined, null, 7, {}, []])('are not looked for when the issuer is %j', async (iss) => {
    const claims = Buffer.from(JSON.stringify({ ...claimsOf(issuer.url), iss })).toString('base64url');
    const [header] = (await token()).split('.');

    const { failed } = await examine(proofOf(), `${header}.${claims}.AAAA`);

    expect(failed?.check).toBe('Issuer');
    expect(issuer.requests).toEqual([]);
  });

  it('are fetched once for all who ask at the same time', async () => {
    const proof = proofOf();
    const text = await token();

    const outcomes = await Promise.all(Array.from({ length: CALLERS }, () => examine(proof, text)));

    expect(outcomes.filter(({ proven }) => proven)).toHaveLength(CALLERS);
    expect(issuer.requests).toEqual([DISCOVERY, '/keys']);
  });

  it('are shared by providers of one issuer', async () => {
    const proof = proofWith([
      provider(issuer.url, { name: 'a' }),
      provider(issuer.url, { name: 'b', audience: 'b' }),
    ]);

    await examine(proof, await token());
    await examine(proof, await sign(key, claimsOf(issuer.url, { aud: 'b' })));

    expect(issuer.requests).toEqual([DISCOVERY, '/keys']);
  });

  it('may be replaced: a token of a key not seen before has them fetched anew', async () => {
    const proof = proofOf();
    await examine(proof, await token());
    issuer.keys = [nextKey];
    later(30 * SECOND);

    const { proven } = await examine(proof, await token(nextKey));

    expect(proven?.names.proven).toBe('web-1');
  });

  it('are not fetched for every token of an unknown key', async () => {
    const proof = proofOf();
    await examine(proof, await token());
    later(29 * SECOND);

    const { error, failed } = await examine(proof, await token(nextKey));

    expect(error?.code).toBe('InvalidIdentity');
    expect(failed?.detail).toContain('"k2"');
    expect(issuer.requests).toEqual([DISCOVERY, '/keys']);
  });

  it('do not hold a key that the issuer was asked for and does not have', async () => {
    const proof = proofOf();
    await examine(proof, await token());
    later(30 * SECOND);

    const { error } = await examine(proof, await token(nextKey));

    expect(error?.code).toBe('InvalidIdentity');
    expect(issuer.requests).toHaveLength(4);
  });

  it('stop counting within ten minutes of being withdrawn', async () => {
    const proof = proofOf();
    await examine(proof, await token());
    issuer.keys = [nextKey];
    later(10 * MINUTE);

    expect((await examine(proof, await token())).error?.code).toBe('InvalidIdentity');
  });

  it('must be told apart by an id when there are several', async () => {
    issuer.keys = [key, nextKey];

    const { failed } = await examine(proofOf(), await sign(key, claimsOf(issuer.url), { kid: undefined }));

    expect(failed?.check).toBe('Signature');
  });

  it('need no id when there is one', async () => {
    const { proven } = await examine(proofOf(), await sign(key, claimsOf(issuer.url), { kid: undefined }));

    expect(proven?.names.proven).toBe('web-1');
  });
});
