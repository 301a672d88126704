import { expect, test } from 'vitest';
import { createKnownHosts } from '../../src/edge/known-hosts.ts';

test.each([
  'localhost',
  'LocalHost.:8080',
  '127.0.0.1:8080',
  '127.255.255.254',
  '[::1]:8080',
  '[::ffff:127.0.0.1]',
  'api.example',
  'API.example.:443',
  '192.0.2.7:8080',
])('%s is known', (authority) => {
  expect(createKnownHosts(['api.example', '127.0.0.1'])(authority, '::ffff:192.0.2.7')).toBe(true);
});

test.each([
  '',
  'evil.example',
  'localhost.evil.example',
  'evil.localhost',
  '127.0.0.1.evil.example',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0.0.0.0:8080',
  '[::]',
  '::1',
  'localhost:80:80',
  'localhost:port',
  'localhost@evil.example',
  'evil.example@localhost',
  'localhost, evil.example',
  'localhost/',
  'localhost evil.example',
  'localhost\t',
  'xn--lcalhost-x1a',
  'ⓛocalhost',
  '192.0.2.8',
  '[2001:db8::1]',
])('%s is not known, nor is what stands for all addresses', (authority) => {
  expect(createKnownHosts(['0.0.0.0', '::'])(authority, '192.0.2.7')).toBe(false);
});

test.each([
  ['[2001:db8:0:0::1]:80', '2001:db8::1'],
  ['[fe80::1]', 'fe80::1%eth0'],
])('%s is known where it arrived at %s', (authority, arrivedAt) => {
  expect(createKnownHosts([])(authority, arrivedAt)).toBe(true);
  expect(createKnownHosts([])(authority, undefined)).toBe(false);
});
