import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Claims } from '../../../src/identity/oidc/claims.ts';
import { claimsOf, examine, proofWith, provider } from './examination.ts';
import { newKey, type SigningKey, sign, TestIssuer } from './issuer.ts';

let key: SigningKey;
let issuer: TestIssuer;
let other: TestIssuer;

beforeAll(async () => {
  key = await newKey('k1');
  issuer = await TestIssuer.start(key);
  other = await TestIssuer.start(await newKey('k1'));
});
afterAll(() => Promise.all([issuer.down(), other.down()]));

const project = (name: string) =>
  provider(issuer.url, { name, requiredClaims: { project: [`${name}-*`] }, names: [`${name}-*`] });

const examined = async (providers: Parameters<typeof proofWith>[0], claims: Claims) =>
  examine(proofWith(providers), await sign(key, claimsOf(issuer.url, claims)));

describe('of several providers', () => {
  it('the one whose required claims the token meets judges it, wherever it stands', async () => {
    const { proven } = await examined([project('dev'), project('prod')], { project: 'prod-7' });

    expect(proven?.principal.subject).toBe('prod/web-1');
    expect(proven?.names.patterns).toEqual(['prod-*']);
  });

  it('the first judges a token that would meet two', async () => {
    const { proven } = await examined([project('dev'), { ...project('dev'), name: 'later' }], {
      project: 'dev-1',
    });

    expect(proven?.principal.subject).toBe('dev/web-1');
  });

  it('the one with the audience of the token judges it', async () => {
    const a = provider(issuer.url, { name: 'a', audience: 'a' });
    const b = provider(issuer.url, { name: 'b', audience: 'b' });

    expect((await examined([a, b], { aud: 'b' })).proven?.principal.subject).toBe('b/web-1');
  });

  it('the first with the audience says what is missing when none takes the token', async () => {
    const elsewhere = provider(issuer.url, { name: 'elsewhere', audience: 'elsewhere' });

    const { error } = await examined([elsewhere, project('dev'), project('prod')], { project: 'test-1' });

    expect(error?.code).toBe('ClaimNotAllowed');
    expect(error?.detail).toContain('provider dev');
  });

  it('none is asked about a token of an issuer that differs by a slash', async () => {
    const { error, failed } = await examined([provider(`${issuer.url}/`)], {});

    expect(error?.code).toBe('InvalidIdentity');
    expect(failed?.check).toBe('Issuer');
  });

  it('one cannot vouch for another: the key of one issuer counts for nothing under another', async () => {
    const providers = [provider(issuer.url, { name: 'a' }), provider(other.url, { name: 'b' })];

    const { error, failed } = await examine(proofWith(providers), await sign(key, claimsOf(other.url)));

    expect(error?.code).toBe('InvalidIdentity');
    expect(failed?.check).toBe('Signature');
  });

  it('those that share an issuer but not its keys are told apart by their audience', async () => {
    const cluster = (name: string, { url }: TestIssuer) =>
      provider('https://kubernetes.default.svc', { name, audience: name, jwksUri: `${url}/keys` });
    const claims = (aud: string) => claimsOf('https://kubernetes.default.svc', { aud });
    const proof = proofWith([cluster('one', other), cluster('two', issuer)]);

    const outsider = await examine(proof, await sign(key, claims('one')));
    const member = await examine(proof, await sign(key, claims('two')));

    expect(outsider.error?.code).toBe('InvalidIdentity');
    expect(member.proven?.principal.subject).toBe('two/web-1');
  });
});
