import { expect, test } from 'vitest';
import { Policy } from '../../src/policy/policy.ts';
import { OPERATOR, startService } from '../service.ts';

const policyFor = (...cidrs: readonly string[]): Policy =>
  Policy.parse({ joinTokens: {}, network: [{ cidrs, names: ['*'] }] });

const activateFrom = async (policy: Policy, remoteAddress: string) => {
  const { app } = await startService({}, policy);
  return app.inject({ url: '/activate?name=web-1', remoteAddress });
};

test.each([
  ['::/0', '203.0.113.9'],
  ['::/0', '::ffff:203.0.113.9'],
  ['::/0', '0:0:0:0:0:ffff:cb00:7109'],
  ['::/1', '10.0.0.1'],
  ['0.0.0.0/0', '2001:db8::1'],
  ['0.0.0.0/0', '::203.0.113.9'],
  ['::ffff:0:0/96', '2001:db8::1'],
])('a network of %s lets nobody in from %s', async (cidr, address) => {
  const response = await activateFrom(policyFor(cidr), address);

  expect(response.statusCode).toBe(401);
});

test.each([
  ['::/0', '2001:db8::1'],
  ['10.0.0.0/8', '::ffff:10.0.0.1'],
  ['::ffff:10.0.0.0/104', '10.0.0.1'],
  ['fe80::/10', 'fe80::1%eth0'],
])('a network of %s lets in a caller from %s', async (cidr, address) => {
  const response = await activateFrom(policyFor(cidr), address);

  expect(response.statusCode).toBe(200);
});

test('a join token that is for every IPv6 address is for no IPv4 address', async () => {
  const { app } = await startService({}, policyFor('192.0.2.0/24'));
  const terms = { namePattern: 'web-*', maxNames: 2, expiresAt: '2026-11-22T10:00:00Z', cidrs: ['::/0'] };
  const made = await app.inject({ method: 'POST', url: '/tokens', headers: OPERATOR, payload: terms });
  const headers = { authorization: `Bearer ${made.json().Token}` };

  const from = async (remoteAddress: string) =>
    (await app.inject({ url: '/activate?name=web-1', remoteAddress, headers })).statusCode;

  expect([await from('203.0.113.9'), await from('::ffff:203.0.113.9'), await from('2001:db8::1')]).toEqual([
    403, 403, 200,
  ]);
});
