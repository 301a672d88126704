import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, examine, proofWith, provider } from './examination.ts';
import { newKey, type SigningKey, sign, TestIssuer } from './issuer.ts';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 300);

let keys: readonly SigningKey[];
let issuer: TestIssuer;

beforeAll(async () => {
  keys = [await newKey('rsa', 'RS256'), await newKey('ec'), await newKey('ed', 'EdDSA')];
  issuer = await TestIssuer.start(...keys);
});
afterAll(() => issuer.down());

/** Characters that mean something in a token, and some that do not belong there. */
const character = fc.oneof(
  fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'),
  fc.constantFrom('.', '=', '+', '/', ' ', '\u0000', 'é'),
);

const change = fc.record({
  where: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  remove: fc.integer({ min: 0, max: 3 }),
  insert: fc.array(character, { maxLength: 3 }).map((characters) => characters.join('')),
});

const changed = (
  token: string,
  { where, remove, insert }: { where: number; remove: number; insert: string },
) => {
  const at = Math.floor(where * token.length);
  return token.slice(0, at) + insert + token.slice(at + remove);
};

describe('a genuine token', () => {
  it('is not taken once anything about it is changed', async () => {
    const proof = proofWith([provider(issuer.url)]);
    const tokens = await Promise.all(keys.map((key) => sign(key, claimsOf(issuer.url))));
    for (const token of tokens) expect((await examine(proof, token)).proven).toBeDefined();

    const property = fc.asyncProperty(
      fc.constantFrom(...tokens),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      async (token, changes) => {
        const other = changes.reduce(changed, token);
        // Spaces between the scheme and the token are the header's, not the token's.
        fc.pre(!tokens.includes(other.trimStart()));
        expect((await examine(proof, other)).error?.code).toBe('InvalidIdentity');
      },
    );
    await fc.assert(property, { numRuns: RUNS });
  });

  it('is not taken with any one of its last characters changed, where spare bits hide', async () => {
    const proof = proofWith([provider(issuer.url)]);
    for (const key of keys) {
      const token = await sign(key, claimsOf(issuer.url));
      for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
        const other = token.slice(0, -1) + last;
        if (other !== token) expect((await examine(proof, other)).error?.code).toBe('InvalidIdentity');
      }
    }
  });
});

describe('anything at all after Bearer', () => {
  it('is refused as no proof, never with an error of another kind', async () => {
    const proof = proofWith([provider(issuer.url)]);
    const part = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
    );

    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 4 }), async (parts) => {
        expect((await examine(proof, parts.join('.'))).error?.code).toBe('InvalidIdentity');
      }),
      { numRuns: RUNS },
    );
  });
});
