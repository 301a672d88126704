import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Claims } from '../../../src/identity/oidc/claims.ts';
import { claimsOf, examine, NOW_SECONDS as NOW, proofWith, provider } from './examination.ts';
import { newKey, type SigningKey, sign, TestIssuer } from './issuer.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

let key: SigningKey;
let issuer: TestIssuer;

beforeAll(async () => {
  key = await newKey('k1');
  issuer = await TestIssuer.start(key);
});
afterAll(() => issuer.down());

const examined = async (times: Claims, maxAgeMinutes = 60) =>
  examine(proofWith([provider(issuer.url, { maxAgeMinutes })]), await sign(key, claimsOf(issuer.url, times)));

describe('the times of a token', () => {
  it.each<[string, Claims]>([
    ['expired 59 seconds ago', { iat: NOW - HOUR, exp: NOW - 59 }],
    ['is good from 60 seconds ahead', { nbf: NOW + 60 }],
    ['was issued 60 seconds ahead', { iat: NOW + 60 }],
    ['was issued as long ago as policy takes, and 59 seconds', { iat: NOW - HOUR - 59, exp: NOW + HOUR }],
    ['has fractions of seconds', { iat: NOW - 0.5, exp: NOW + 0.5 }],
    ['has no nbf', { nbf: undefined }],
    ['never expires, to all intents', { exp: 8.64e12 }],
  ])('are good when it %s', async (_, times) => {
    expect((await examined(times)).proven?.names.proven).toBe('web-1');
  });

  it.each<[string, Claims]>([
    ['expired 60 seconds ago', { iat: NOW - HOUR, exp: NOW - 60 }],
    ['expired at the beginning of time', { exp: 0 }],
    ['was issued more than the age that policy takes ago', { iat: NOW - HOUR - 60, exp: NOW + HOUR }],
  ])('make it expired when it %s', async (_, times) => {
    const { error, failed } = await examined(times);

    expect(error?.code).toBe('IdentityExpired');
    expect(error?.detail).toContain('get a new one');
    expect(failed?.check).toBe('Time');
  });

  it('count from its issue, however late it expires', async () => {
    const { error } = await examined({ iat: NOW - 11 * MINUTE, exp: NOW + 24 * HOUR }, 10);

    expect(error?.detail).toContain('issued at 2026-11-21T09:49:00.000Z, more than 10 minutes ago');
  });

  it.each<[string, Claims]>([
    ['is good from more than 60 seconds ahead', { nbf: NOW + 61 }],
    ['was issued more than 60 seconds ahead', { iat: NOW + 61 }],
    ['was issued ahead, though good before', { iat: NOW + 61, nbf: NOW }],
  ])('make it too early when it %s', async (_, times) => {
    const { error, failed } = await examined(times);

    expect(error?.code).toBe('IdentityNotYetValid');
    expect(error?.detail).toContain('2026-11-21T10:01:01.000Z');
    expect(failed?.check).toBe('Time');
  });

  it.each<[string, Claims]>([
    ['iat', { iat: undefined }],
    ['exp', { exp: undefined }],
    ['iat', { iat: -1 }],
    ['exp', { exp: 8.65e12 }],
    ['iat, exp', { iat: undefined, exp: undefined }],
  ])('must be there: %s', async (claim, times) => {
    const { error, failed } = await examined(times);

    expect(error).toMatchObject({
      code: 'ClaimNotAllowed',
      detail: expect.stringContaining(`its ${claim}.`),
    });
    expect(failed?.check).toBe('Time');
  });

  it.each(['iat', 'exp', 'nbf'])('must be numbers: %s', async (claim) => {
    const raw = { ...claimsOf(issuer.url), [claim]: `${NOW}` };
    const { error } = await examine(proofWith([provider(issuer.url)]), await sign(key, raw));

    expect(error).toMatchObject({ code: 'ClaimNotAllowed', detail: expect.stringContaining(claim) });
  });

  it('are not told to one whose token is forged', async () => {
    const forged = await sign(await newKey('k1'), claimsOf(issuer.url, { exp: NOW - HOUR }));

    expect((await examine(proofWith([provider(issuer.url)]), forged)).error?.code).toBe('InvalidIdentity');
  });
});
