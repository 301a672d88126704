import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NameNotAllowed } from '../../../src/activation/errors.ts';
import { InstanceName } from '../../../src/activation/instance-name.ts';
import { type Claims, valuesOf } from '../../../src/identity/oidc/claims.ts';
import { requireNameAllowed } from '../../../src/policy/name-rules.ts';
import { claimsOf, examine, proofWith, provider } from './examination.ts';
import { newKey, type SigningKey, sign, TestIssuer } from './issuer.ts';

let key: SigningKey;
let issuer: TestIssuer;

beforeAll(async () => {
  key = await newKey('k1');
  issuer = await TestIssuer.start(key);
});
afterAll(() => issuer.down());

const examined = async (claims: Claims, policy: Parameters<typeof provider>[1] = {}) =>
  examine(proofWith([provider(issuer.url, policy)]), await sign(key, claimsOf(issuer.url, claims)));

describe('a claim path', () => {
  it.each<[string, Claims, readonly string[]]>([
    ['site', { site: 'berlin' }, ['berlin']],
    ['a.b.c', { a: { b: { c: 'deep' } } }, ['deep']],
    ['kubernetes.io', { 'kubernetes.io': 'flat' }, ['flat']],
    ['kubernetes.io.node.name', { 'kubernetes.io': { node: { name: 'n1' } } }, ['n1']],
    ['https://example.com/claims.role', { 'https://example.com/claims': { role: 'web' } }, ['web']],
    ['a.b.c', { 'a.b.c': 'flat', 'a.b': { c: 'half' }, a: { b: { c: 'deep' } } }, ['flat']],
    ['a.b.c', { 'a.b': { c: 'half' }, a: { b: { c: 'deep' } } }, ['half']],
    ['a.b.c', { 'a.b': { d: 'other' }, a: { b: { c: 'deep' } } }, ['deep']],
    ['a.b.c', { a: { 'b.c': 'inner' } }, ['inner']],
    ['groups', { groups: ['a', 'b', 3, true] }, ['a', 'b', '3', 'true']],
    ['groups', { groups: [] }, []],
    ['n', { n: 0 }, ['0']],
    ['n', { n: false }, ['false']],
    ['n', { n: '' }, ['']],
    ['n', { n: null }, []],
    ['n', { n: {} }, []],
    ['n', { n: [['nested']] }, []],
    ['n', { n: 2 ** 53 }, []],
    ['n', { n: 1.5 }, []],
    ['a.length', { a: 'text' }, []],
    ['a.0', { a: ['first'] }, []],
    ['constructor.name', {}, []],
    ['__proto__', {}, []],
    ['toString', {}, []],
    ['', { site: 'berlin' }, []],
    ['.', { site: 'berlin' }, []],
  ])('%s in %j holds %j', (path, claims, values) => {
    expect(valuesOf(claims, path)).toEqual(values);
  });

  it('finds an own member even of a name that objects inherit', () => {
    expect(valuesOf(JSON.parse('{"__proto__":{"toString":"own"}}'), '__proto__.toString')).toEqual(['own']);
  });
});

describe('required claims', () => {
  it.each<[string, Claims]>([
    ['is missing', { site: undefined }],
    ['has another value', { site: 'hamburg' }],
    ['only contains the value', { site: 'berlin-2' }],
    ['is of another case', { site: 'Berlin' }],
    ['is an empty list', { site: [] }],
    ['is an object', { site: { berlin: true } }],
  ])('refuse a token of which one %s, and name the claim, not the value', async (_, claims) => {
    const { error, failed } = await examined(claims);

    expect(error).toMatchObject({ code: 'ClaimNotAllowed', detail: expect.stringContaining('lacks site,') });
    expect(error?.detail).not.toMatch(/hamburg|berlin/i);
    expect(failed?.check).toBe('Claims');
  });

  it.each<[string, Claims]>([
    ['one of the patterns', { site: 'munich-3' }],
    ['one of its values', { site: ['hamburg', 'munich-1'] }],
  ])('are met by %s', async (_, claims) => {
    const { proven } = await examined(claims, { requiredClaims: { site: ['berlin', 'munich-*'] } });

    expect(proven?.names.proven).toBe('web-1');
  });

  it('must all be met', async () => {
    const requiredClaims = { site: ['berlin'], level: ['3'], admin: ['true'], 'a.b': ['*'] };

    const { error } = await examined({ level: 3, admin: false }, { requiredClaims });

    expect(error?.detail).toContain('lacks admin, a.b,');
  });
});

describe('the name claim', () => {
  it.each<[string, unknown]>([
    ['missing', undefined],
    ['empty', ''],
    ['an object', {}],
    ['several values', ['web-1', 'web-2']],
    ['of other characters than SSM takes', 'web_(1)'],
    ['longer than SSM takes', 'x'.repeat(257)],
    ['with a space at its end', 'web-1 '],
    ['a number that JSON rounds', 2 ** 53],
  ])('refuses the token when it is %s', async (_, machine) => {
    const { error, failed } = await examined({ machine });

    expect(error).toMatchObject({
      code: 'ClaimNotAllowed',
      detail: expect.stringContaining('claim machine '),
    });
    expect(error?.detail).toContain('set another nameClaim for provider lab');
    expect(failed?.check).toBe('NameClaim');
  });

  it('may be a number', async () => {
    expect((await examined({ machine: 4711 })).proven?.principal.subject).toBe('lab/4711');
  });

  it('cannot speak for an EC2 instance', async () => {
    const { proven } = await examined({ machine: 'i-0123456789abcdef0' });
    const names = { patterns: [], ec2NamesReserved: false, ...proven?.names };

    expect(() => requireNameAllowed(names, InstanceName.parse('i-0123456789abcdef0'))).toThrow(
      NameNotAllowed,
    );
  });
});

describe('tag claims', () => {
  const tagClaims = { Site: 'site', Zone: 'place.zone' };

  it('set tags that the caller cannot override', async () => {
    const { proven } = await examined(
      { place: { zone: 'a' } },
      { tagClaims, tags: { fixed: { Owner: 'ops' } } },
    );

    expect(proven?.tags.fixed).toEqual({ Site: 'berlin', Zone: 'a', Owner: 'ops' });
  });

  it('give way to the tags that policy itself sets', async () => {
    const tags = { fixed: { Zone: 'policy' } };

    expect((await examined({ place: { zone: 'a' } }, { tagClaims, tags })).proven?.tags.fixed).toEqual({
      Site: 'berlin',
      Zone: 'policy',
    });
  });

  it.each<[string, unknown]>([
    ['missing', undefined],
    ['several values', ['a', 'b']],
    ['of other characters than SSM takes', 'a,b'],
    ['longer than SSM takes', 'x'.repeat(257)],
  ])('refuse the token when one is %s', async (_, zone) => {
    const { error, failed } = await examined({ place: { zone } }, { tagClaims });

    expect(error).toMatchObject({
      code: 'ClaimNotAllowed',
      detail: expect.stringContaining('claim place.zone '),
    });
    expect(failed?.check).toBe('TagClaims');
  });
});
