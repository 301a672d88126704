import { expect, test } from 'vitest';
import { addressBlocks } from '../../src/policy/address-blocks.ts';
import { Cidr } from '../../src/policy/cidr.ts';

const isInside = addressBlocks(['10.0.0.0/8', '192.0.2.7/32', '2001:db8::/32']);

test.each([
  ['10.0.0.0', true],
  ['10.255.255.255', true],
  ['11.0.0.0', false],
  ['9.255.255.255', false],
  ['192.0.2.7', true],
  ['192.0.2.8', false],
  ['2001:db8::1', true],
  ['2001:0DB8:0:0::1', true],
  ['2001:db9::1', false],
  ['::ffff:10.0.0.1', true],
  ['::ffff:a00:1', true],
  ['::ffff:11.0.0.1', false],
  ['::10.0.0.1', false],
  ['64:ff9b::10.0.0.1', false],
  ['10.0.0.1.', false],
  ['010.0.0.1', false],
  ['10.0.0.1/8', false],
  ['10.0.0.1, 192.0.2.7', false],
  ['0x0a000001', false],
  ['167772161', false],
  ['localhost', false],
  ['', false],
])('%s is inside of the blocks: %s', (address, expected) => {
  expect(isInside(address)).toBe(expected);
});

test('no block holds nobody', () => {
  expect(addressBlocks([])('10.0.0.1')).toBe(false);
});

const IPV4 = ['203.0.113.9', '127.0.0.1', '0.0.0.0', '::ffff:203.0.113.9', '0:0:0:0:0:FFFF:CB00:7109'];
const IPV6 = [
  '::1',
  '::',
  '::203.0.113.9',
  '::fffe:1.2.3.4',
  '64:ff9b::cb00:7109',
  'fe80::1%eth0',
  '2001:db8::1',
];

test.each([
  ['0.0.0.0/0', IPV4],
  ['::ffff:0:0/96', IPV4],
  ['::ffff:0.0.0.0/96', IPV4],
  ['::/0', IPV6],
  ['::/64', ['::1', '::', '::203.0.113.9', '::fffe:1.2.3.4']],
  ['::/90', ['::1', '::', '::203.0.113.9']],
])('%s holds addresses of its own family only', (cidr, expected) => {
  expect([...IPV4, ...IPV6].filter(addressBlocks([cidr]))).toEqual(expected);
});

test('a block of IPv4 addresses that is written as IPv6 is that block', () => {
  const isIn = addressBlocks(['::ffff:10.0.0.0/104']);

  expect(['10.255.0.1', '::ffff:a00:1', '11.0.0.1', '::1'].map(isIn)).toEqual([true, true, false, false]);
});

test('the zone of an address counts for nothing', () => {
  const isIn = addressBlocks(['fe80::/10', '10.0.0.0/8']);

  expect(['fe80::1%eth0', '::ffff:10.0.0.1%1', '2001:db8::1%eth0'].map(isIn)).toEqual([true, true, false]);
});

test.each(['', '10.0.0.0', 'everything', '10.0.0.0/-1', '::ffff:10.0.0.0/8', 'localhost/8'])(
  'what is no block, such as %j, holds nobody',
  (cidr) => {
    expect([...IPV4, ...IPV6].filter(addressBlocks([cidr]))).toEqual([]);
  },
);

test.each(['10.0.0.0/8', '::/0', '2001:db8::/32', '::ffff:10.0.0.0/104', '0.0.0.0/0'])(
  'a policy may name %s',
  (cidr) => {
    expect(Cidr.safeParse(cidr).success).toBe(true);
  },
);

test.each([
  '10.0.0.0',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/ 8',
  '10.0.0.0/8/8',
  '::/129',
  'fe80::1%eth0/64',
  '::ffff:10.0.0.0/8',
  '::ffff:10.0.0.0/129',
  '010.0.0.0/8',
  '10.0.0/8',
])('a policy may not name %s', (cidr) => {
  expect(Cidr.safeParse(cidr).success).toBe(false);
});
