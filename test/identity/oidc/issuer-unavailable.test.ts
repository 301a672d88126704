import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { IssuerUnavailable } from '../../../src/activation/errors.ts';
import { AUDIENCE, claimsOf, examine, NOW, proofWith, provider } from './examination.ts';
import { json, newKey, type SigningKey, sign, TestIssuer } from './issuer.ts';

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

const proofOf = (fetchTimeoutMs = 5000) =>
  proofWith([provider(issuer.url)], { clock: () => now, fetchTimeoutMs });

const token = (signer = key) => sign(signer, claimsOf(issuer.url));

describe('an issuer that is down', () => {
  it('makes a caller try again later, when its keys were never fetched', async () => {
    await issuer.down();

    const { error, failed } = await examine(proofOf(), await token());

    expect(error).toBeInstanceOf(IssuerUnavailable);
    expect(error).toMatchObject({ retryAfterSeconds: 10, detail: expect.stringContaining(issuer.url) });
    expect(failed).toMatchObject({ check: 'Signature', detail: expect.stringContaining('ECONNREFUSED') });
  });

  it('does not matter for keys once fetched, even when they should be fetched anew', async () => {
    const proof = proofOf();
    const text = await token();
    await examine(proof, text);
    await issuer.down();
    later(23 * 60 * MINUTE);

    expect((await examine(proof, text)).proven?.names.proven).toBe('web-1');
  });

  it('ends what its keys count for after a day', async () => {
    const proof = proofOf();
    const text = await token();
    await examine(proof, text);
    await issuer.down();
    later(24 * 60 * MINUTE);

    expect((await examine(proof, text)).error?.code).toBe('IssuerUnavailable');
  });

  it('leaves it open whether an unknown key is its own', async () => {
    const proof = proofOf();
    await examine(proof, await token());
    await issuer.down();
    later(30 * SECOND);

    expect((await examine(proof, await token(nextKey))).error?.code).toBe('IssuerUnavailable');
  });

  it('is not asked again for ten seconds, then is, and serves again', async () => {
    const proof = proofOf();
    issuer.wrong.set(DISCOVERY, json({}, 503));
    const text = await token();
    await examine(proof, text);
    later(9 * SECOND);

    const soon = await examine(proof, text);
    issuer.wrong.clear();
    later(SECOND);
    const afterwards = await examine(proof, text);

    expect(soon.error?.code).toBe('IssuerUnavailable');
    expect(afterwards.proven?.names.proven).toBe('web-1');
    expect(issuer.requests).toEqual([DISCOVERY, DISCOVERY, '/keys']);
  });

  it('is given up when it does not answer in time', async () => {
    issuer.wrong.set('/keys', () => {});
    const started = performance.now();

    const { error, failed } = await examine(proofOf(100), await token());

    expect(error?.code).toBe('IssuerUnavailable');
    expect(failed?.detail).toContain('timeout');
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('is given up when its answer does not end in time', async () => {
    issuer.wrong.set('/keys', (response) => {
      response.write('{"keys":[');
    });

    expect((await examine(proofOf(100), await token())).error?.code).toBe('IssuerUnavailable');
  });
});

describe('an issuer that answers wrongly', () => {
  it.each([
    ['500', json({}, 500)],
    ['404', json({}, 404)],
    ['no JSON', json(undefined)],
    ['no set of keys', json({ jwks: [] })],
    ['keys that are none', json({ keys: ['k1'] })],
  ])('is not available: its keys are %s', async (_, answer) => {
    issuer.wrong.set('/keys', answer);

    expect((await examine(proofOf(), await token())).error?.code).toBe('IssuerUnavailable');
  });

  it.each([DISCOVERY, '/keys'])('is not followed when it redirects %s elsewhere', async (path) => {
    const elsewhere = await TestIssuer.start(key);
    issuer.wrong.set(path, (response) => {
      response.writeHead(302, { location: `${elsewhere.url}${path}` }).end();
    });

    const { error, failed } = await examine(proofOf(), await token());
    await elsewhere.down();

    expect(error?.code).toBe('IssuerUnavailable');
    expect(failed?.detail).toContain('answered 302');
    expect(elsewhere.requests).toEqual([]);
  });

  it('is not believed when its discovery document is that of another issuer', async () => {
    const other = await TestIssuer.start(key);
    issuer.wrong.set(DISCOVERY, json({ issuer: other.url, jwks_uri: `${other.url}/keys` }));

    const { error } = await examine(proofOf(), await token());
    await other.down();

    expect(error?.code).toBe('IssuerUnavailable');
    expect(other.requests).toEqual([]);
  });

  it.each(['http://127.0.0.1:1/keys', 'file:///etc/hostname', 'data:application/json,{}', '/keys', 7])(
    'is not believed when it is a secure one and has its keys at %j',
    async (jwksUri) => {
      const asked: string[] = [];
      const secure = 'https://issuer.example.com';
      const proof = proofWith([provider(secure)], {
        fetch: async (url) => {
          asked.push(url);
          return Response.json({ issuer: secure, jwks_uri: jwksUri });
        },
      });

      const { error } = await examine(proof, await sign(key, claimsOf(secure)));

      expect(error?.code).toBe('IssuerUnavailable');
      expect(asked).toEqual([`${secure}${DISCOVERY}`]);
    },
  );

  it('gets no token: all it is asked for is its documents', async () => {
    const sent: RequestInit[] = [];
    const proof = proofWith([provider('https://issuer.example.com')], {
      fetch: async (_, init) => {
        sent.push(init);
        return Response.json({ issuer: 'https://issuer.example.com', jwks_uri: 'https://keys.example.com/' });
      },
    });

    await examine(proof, await sign(key, claimsOf('https://issuer.example.com', { aud: AUDIENCE })));

    expect(sent.map(({ headers, body }) => ({ headers, body }))).toEqual(
      Array.from({ length: 2 }, () => ({ headers: { accept: 'application/json' }, body: undefined })),
    );
  });
});
