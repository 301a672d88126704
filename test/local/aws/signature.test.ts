import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  amzDate,
  formatAuthorization,
  parseAmzDate,
  parseAuthorization,
  signWithSecret,
  stringToSign,
} from '../../../src/local/aws/signature.ts';

test("the signature of AWS's published example request is the published one", () => {
  // The 'get-vanilla' case of AWS's Signature Version 4 test suite.
  const scope = { date: '20150830', region: 'us-east-1', service: 'service' };
  const headers = { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z' };

  const text = stringToSign(
    { method: 'GET', path: '/', headers, body: Buffer.alloc(0) },
    { scope, signedHeaders: ['host', 'x-amz-date'] },
  );

  expect(signWithSecret('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', scope, text)).toBe(
    '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  );
});

test('header values are trimmed and their runs of spaces made one', () => {
  const scope = { date: '20150830', region: 'us-east-1', service: 'service' };
  const textFor = (value: string) =>
    stringToSign(
      { method: 'POST', path: '/', headers: { 'my-header': value }, body: Buffer.alloc(0) },
      { scope, signedHeaders: ['my-header'] },
    );

  expect(textFor('  a   b ')).toBe(textFor('a b'));
  expect(textFor('ab')).not.toBe(textFor('a b'));
});

const word = fc.stringMatching(/^[a-z0-9-]{1,20}$/);

test('an Authorization header reads back as what it was written from', () => {
  fc.assert(
    fc.property(
      fc.record({
        accessKeyId: word,
        scope: fc.record({ date: fc.stringMatching(/^\d{8}$/), region: word, service: word }),
        signedHeaders: fc.array(word, { minLength: 1 }),
        signature: fc.oneof(fc.stringMatching(/^[0-9a-f]{64}$/), fc.base64String({ minLength: 4 })),
      }),
      (authorization) => {
        expect(parseAuthorization(formatAuthorization(authorization))).toEqual(authorization);
      },
    ),
  );
});

test('a header in any other form is not an authorization', () => {
  for (const header of ['', 'Bearer x', 'AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request'])
    expect(parseAuthorization(header)).toBeUndefined();
});

test('a time reads back from its x-amz-date to the second', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
      expect(parseAmzDate(amzDate(new Date(seconds * 1000)))).toBe(seconds * 1000);
    }),
  );
  expect(parseAmzDate('2015-08-30')).toBeNaN();
});
