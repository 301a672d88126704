import type { FastifyInstance } from 'fastify';
import { expect, test } from 'vitest';
import { buildApp } from '../../../src/http/app.ts';
import { hashSecret, isSecretOf } from '../../../src/identity/join-token/join-token.ts';
import { withToken } from '../../admission/credentials.ts';
import { startFleet } from '../../admission/fleet.ts';
import { OPERATOR } from '../../service.ts';

const EXPIRY = '2026-11-22T10:00:00Z';

test('secrets are random, of at least 160 bits, and no two alike', async () => {
  const fleet = await startFleet();

  const made = await Promise.all(Array.from({ length: 50 }, () => fleet.makeToken()));

  const secrets = made.map(({ token }) => token.split('_').slice(2).join('_'));
  expect(new Set(secrets).size).toBe(50);
  for (const secret of secrets) {
    expect(Buffer.from(secret, 'base64url').length * 8).toBeGreaterThanOrEqual(160);
  }
});

/** Uses a token well and badly; the answers to operators that come of it. */
const useEveryWay = async ({ app }: { readonly app: FastifyInstance }) => {
  const operate = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
    (await app.inject({ method, url, headers: OPERATOR, ...(payload && { payload }) })).json();
  const { Token: token, TokenId: id } = await operate('POST', '/tokens', {
    namePattern: 'web-*',
    expiresAt: EXPIRY,
  });
  const ask = async (name: string, bearer: string) => {
    await app.inject({ url: `/activate?name=${name}`, headers: { authorization: `Bearer ${bearer}` } });
  };
  await ask('web-1', token);
  await ask('web-2', token);
  await ask('db-1', token);
  await ask('web-1', `${token}x`);
  const checked = await operate('POST', '/identity/check', { bearer: token, name: 'web-1' });
  const badlyChecked = await operate('POST', '/identity/check', { bearer: `${token}x`, name: 'web-1' });
  await operate('DELETE', `/tokens/${id}`);
  await ask('web-1', token);
  const lists = await Promise.all(['/tokens', '/events', '/nodes'].map((path) => operate('GET', path)));
  const secret = String(token).slice(`ssmj_${id}_`.length);
  return { secret, answers: JSON.stringify([checked, badlyChecked, lists]) };
};

test('the lists, the events and the dry run hold neither a secret nor its hash', async () => {
  const fleet = await startFleet();

  const { secret, answers } = await useEveryWay(fleet);

  expect(answers).toContain('TokenExhausted');
  expect(answers).not.toContain(secret);
  expect(answers).not.toContain(hashSecret(secret));
});

test('the log holds no secret', async () => {
  const { context } = await startFleet();
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const operators = () => 'alice';
  const app = buildApp({ ...context, operators }, { logger: { level: 'trace', stream } });

  const { secret } = await useEveryWay({ app });

  expect(lines.join('')).toContain('/tokens');
  expect(lines.join('')).not.toContain(secret);
});

test.each([
  ['an unknown id', (token: string) => token.replace(/_[a-z0-9]{12}_/, '_aaaaaaaaaaaa_')],
  ['another secret', (token: string) => `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`],
  ['a longer secret', (token: string) => `${token}A`],
  ['half a secret', (token: string) => token.slice(0, 30)],
  ['no secret', (token: string) => token.split('_').slice(0, 2).join('_')],
  ['the hash for a secret', (token: string) => `${token.slice(0, 18)}${hashSecret(token.slice(18))}`],
  ['a secret in another case', (token: string) => token.slice(0, 18) + swapCase(token.slice(18))],
])('a token with %s gets the bare InvalidIdentity', async (_what, change) => {
  const fleet = await startFleet();
  const { token } = await fleet.makeToken();

  const answer = await fleet.call('/activate?name=web-1', withToken(change(token), '10.0.0.7'));

  expect(answer).toMatchObject({
    status: 401,
    body: {
      code: 'InvalidIdentity',
      detail: 'The request carries no proof of identity that this service accepts.',
    },
  });
});

const swapCase = (text: string): string =>
  [...text].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join('');

test('no secret is right for a token that is not there, not even the one it is compared with', () => {
  expect(isSecretOf(undefined, '')).toBe(false);
});
