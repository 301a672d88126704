import { expect, test } from 'vitest';
import { addressBlocks } from '../../src/identity/network-proof.ts';

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

test('no block holds nobody, and a block of nothing holds everybody of its family', () => {
  expect(addressBlocks([])('10.0.0.1')).toBe(false);
  expect(addressBlocks(['0.0.0.0/0'])('203.0.113.9')).toBe(true);
  expect(addressBlocks(['0.0.0.0/0'])('2001:db8::1')).toBe(false);
  expect(addressBlocks(['::/0'])('2001:db8::1')).toBe(true);
});
