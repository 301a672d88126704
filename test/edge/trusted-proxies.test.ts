import { expect, test } from 'vitest';
import { requireProxiesNamed } from '../../src/edge/trusted-proxies.ts';
import { Policy } from '../../src/policy/policy.ts';

const policyFor = (cidr: string) => Policy.parse({ network: [{ cidrs: [cidr], names: ['*'] }] });
const PUBLIC_URL = 'https://api.example/latest';

test.each([
  '127.0.0.1/32',
  '127.3.0.0/16',
  '0.0.0.0/0',
  '64.0.0.0/2',
  '::1/128',
  '::/0',
  '::/127',
  '::ffff:127.0.0.1/128',
])('a rule for %s needs the proxies to be named', (cidr) => {
  expect(() => requireProxiesNamed({ PUBLIC_URL }, policyFor(cidr))).toThrow('TRUSTED_PROXIES');
});

test.each(['10.0.0.0/8', '128.0.0.0/1', 'fd00::/8', '::2/128', '::ffff:10.0.0.1/128'])(
  'a rule for %s does not, for it lets no proxy of this machine in',
  (cidr) => {
    expect(() => requireProxiesNamed({ PUBLIC_URL }, policyFor(cidr))).not.toThrow();
  },
);

test.each([
  ['no public address', {}],
  ['one on this machine', { PUBLIC_URL: 'http://localhost:8080' }],
  ['one at loopback', { PUBLIC_URL: 'http://[::1]:8080/latest' }],
  ['named proxies', { PUBLIC_URL, TRUSTED_PROXIES: ['10.0.0.1/32'] }],
  ['the word that there are none', { PUBLIC_URL, TRUSTED_PROXIES: [] }],
])('a rule for loopback is no danger with %s', (_what, config) => {
  expect(() => requireProxiesNamed(config, policyFor('127.0.0.0/8'))).not.toThrow();
});

test('a public address whose name only begins like loopback is not of this machine', () => {
  const config = { PUBLIC_URL: 'https://127.0.0.1.evil.example' };

  expect(() => requireProxiesNamed(config, policyFor('127.0.0.0/8'))).toThrow('TRUSTED_PROXIES');
});
