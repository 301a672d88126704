import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, examine, NOW, NOW_SECONDS, proofWith, provider } from './examination.ts';
import { newKey, type SigningKey, sign, TestIssuer } from './issuer.ts';

let key: SigningKey;
let issuer: TestIssuer;

beforeAll(async () => {
  key = await newKey('k1');
  issuer = await TestIssuer.start(key);
});
afterAll(() => issuer.down());

const evidence = (authorization?: string) => ({ sourceIp: '192.0.2.1', authorization });

describe('an OpenID Connect proof', () => {
  it('is in a bearer token of three parts, however the scheme is spelt', () => {
    const proof = proofWith([]);

    expect(proof.isIn(evidence('Bearer aa.bb.cc'))).toBe(true);
    expect(proof.isIn(evidence('bearer aa.bb.'))).toBe(true);
  });

  it.each([
    undefined,
    '',
    'Bearer ssmj_0123_abcdefgh',
    'Bearer aa.bb',
    'Bearer aa.bb.cc.dd.ee',
    'Basic aa.bb.cc',
    'Bearer aa.bb.cc and more',
    'Bearer a=.bb.cc',
  ])('is not in %j', (authorization) => {
    expect(proofWith([]).isIn(evidence(authorization))).toBe(false);
  });

  it('names the caller by its provider and its claim, and is as old as the token', async () => {
    const token = await sign(key, claimsOf(issuer.url, { iat: NOW_SECONDS - 90 }));

    const { proven } = await examine(proofWith([provider(issuer.url)]), token);

    expect(proven?.principal).toEqual({
      proof: 'oidc',
      subject: 'lab/web-1',
      madeAt: new Date('2026-11-21T09:58:30Z'),
      mayRejoin: false,
    });
  });

  it('grants what its provider says: names, tags and the life of the activation', async () => {
    const lab = provider(issuer.url, {
      names: ['web-*'],
      activationLifetimeMinutes: 5,
      tags: { fixed: { Owner: 'ops' }, allowed: { Role: ['*'] }, required: ['Role'] },
    });

    const { proven } = await examine(proofWith([lab]), await sign(key, claimsOf(issuer.url)));

    expect(proven?.names).toEqual({ proven: 'web-1', patterns: ['web-*'], ec2NamesReserved: true });
    expect(proven?.tags).toEqual({ fixed: { Owner: 'ops' }, allowed: { Role: ['*'] }, required: ['Role'] });
    expect(proven?.lifetimeMs).toBe(300_000);
  });

  it('lists every check in the order in which it is made', async () => {
    const proof = proofWith([provider(issuer.url)]);

    const { checks } = await examine(proof, await sign(key, claimsOf(issuer.url)));

    expect(checks.map(({ check }) => check)).toEqual(proof.checks);
    expect(checks.filter(({ result }) => result !== 'passed')).toEqual([]);
  });

  it('leaves the checks after the one that failed unreached', async () => {
    const proof = proofWith([provider(issuer.url)]);

    const { checks } = await examine(proof, await sign(key, claimsOf(issuer.url, { aud: 'other' })));

    expect(checks.map(({ result }) => result).join(' ')).toBe(
      'passed passed passed passed failed not reached not reached not reached not reached',
    );
  });

  it.each(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES384', 'ES512', 'EdDSA', 'Ed25519'])(
    'may be signed with %s',
    async (alg) => {
      const own = await newKey('own', alg);
      const another = await TestIssuer.start(own);

      const { proven } = await examine(
        proofWith([provider(another.url)]),
        await sign(own, claimsOf(another.url)),
      );
      await another.down();

      expect(proven?.names.proven).toBe('web-1');
    },
  );

  it('is judged at the moment that is asked about, not at the present one', async () => {
    const token = await sign(key, claimsOf(issuer.url));
    const proof = proofWith([provider(issuer.url)]);

    const { error } = await examine(proof, token, new Date(NOW.getTime() + 3_600_000));

    expect(error?.code).toBe('IdentityExpired');
  });
});
