import { expect, test } from 'vitest';
import { foreignPage } from '../../src/edge/foreign-page.ts';

const OWN = ['https://api.example/latest', 'http://127.0.0.1:8080'];

test.each([
  ['curl', {}],
  ['Node’s fetch', { 'accept-language': '*', 'sec-fetch-mode': 'cors' }],
  ['a page of the public address', { origin: 'https://api.example', 'sec-fetch-site': 'same-origin' }],
  ['a page of the address called', { origin: 'http://127.0.0.1:8080' }],
  ['an address typed into a browser', { 'sec-fetch-site': 'none', 'accept-language': 'en' }],
])('%s is no foreign page', (_who, headers) => {
  expect(foreignPage(headers, OWN)).toBeUndefined();
});

test.each([
  ['another scheme', { origin: 'http://api.example' }],
  ['another port', { origin: 'http://127.0.0.1:8081' }],
  ['another name of the same machine', { origin: 'http://localhost:8080' }],
  ['a longer name', { origin: 'https://api.example.evil.example' }],
  ['several origins', { origin: 'https://api.example, https://evil.example' }],
  ['a hidden origin', { origin: 'null' }],
  ['an empty origin', { origin: '' }],
  ['an extension', { origin: 'chrome-extension://abcdef' }],
  ['a file', { origin: 'file://' }],
  ['a foreign site that names an own origin', { origin: OWN[1], 'sec-fetch-site': 'cross-site' }],
  ['an unknown note', { 'sec-fetch-site': 'toString' }],
  ['a browser that does not say', { 'accept-language': '' }],
])('%s is a foreign page', (_what, headers) => {
  expect(foreignPage(headers, OWN)).toBeDefined();
});

test('no more of an Origin is told than an origin needs', () => {
  expect(foreignPage({ origin: 'x'.repeat(10_000) }, OWN)?.length).toBeLessThan(200);
});
