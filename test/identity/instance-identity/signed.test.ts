import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testAuthority } from './authority.ts';
import { documentFields } from './documents.ts';
import type { Shape, Variations } from './sign.ts';
import { accepted, document, refusedAs, signed } from './trust.ts';

const stranger = Buffer.from(testAuthority().certificate, 'base64');

describe('a message signed by the key of the region it names', () => {
  it.each<Shape>(['2017', '2021', '2026'])('verifies in the shape of %s', (shape) => {
    expect(signed({ shape })).toEqual(accepted);
  });

  it.each<[string, Variations]>([
    ['definite lengths', { lengths: 'definite' }],
    ['a document in five segments', { segments: 5 }],
    ['a document in segments of definite length', { lengths: 'definite', segments: 3 }],
    ['a document in one piece', { segments: 0 }],
    ['a certificate of someone else inside', { certificates: [stranger] }],
    ['a signature algorithm that lacks its NULL', { parameters: [] }],
    ['another serial number', { serial: 99 }],
  ])('verifies with %s', (_, variations) => {
    expect(signed(variations)).toEqual(accepted);
  });

  it('comes back exactly, whatever its fields are', () => {
    const text = fc.option(fc.string({ maxLength: 40 }), { nil: null });
    const fields = fc.record({
      accountId: fc.stringMatching(/^[0-9]{12}$/),
      instanceId: fc.stringMatching(/^i-([0-9a-f]{8}|[0-9a-f]{17})$/),
      region: fc.constant('us-west-2'),
      pendingTime: fc
        .date({ min: new Date('2006-01-01'), max: new Date('2199-01-01'), noInvalidDate: true })
        .map((date) => `${date.toISOString().slice(0, 19)}Z`),
      billingProducts: fc.option(fc.array(text.map(String), { maxLength: 3 }), { nil: null }),
      instanceType: text,
      privateIp: text,
    });
    const options = fc.record({
      shape: fc.constantFrom<Shape>('2017', '2021', '2026'),
      lengths: fc.constantFrom('definite' as const, 'indefinite' as const),
      segments: fc.integer({ min: 0, max: 9 }),
    });

    return fc.assert(
      fc.property(fields, options, (its, variations) => {
        const expected = { ...its, pendingTime: new Date(its.pendingTime) };
        expect(signed(variations, its)).toEqual({ genuine: true, document: expected });
      }),
    );
  });

  it('keeps nothing of fields that are not known', () => {
    expect(signed({}, { ...document, tags: { Role: 'admin' } })).toEqual(accepted);
  });

  it('has one reading when a member is repeated: the region that chose the key is the region returned', () => {
    const twice = (first: string, second: string) =>
      JSON.stringify(documentFields({ region: second })).replace('{', `{"region":"${first}",`);

    expect(signed({}, twice('eu-south-1', 'us-west-2'))).toEqual(accepted);
    expect(signed({}, twice('us-west-2', 'eu-south-1'))).toEqual(refusedAs('SignatureMismatch'));
  });

  it.each([
    ['an account of 11 digits', { accountId: '12345678901' }],
    ['an account of 13 digits', { accountId: '1234567890123' }],
    ['an account of 13 digits that ends well', { accountId: 'x123456789012' }],
    ['an account that is a number', { accountId: 123456789012 }],
    ['a path for an instance', { instanceId: 'i-0abcdef0/../../etc' }],
    ['an instance with something before it', { instanceId: 'xi-0abcdef0' }],
    ['an instance of 9 digits', { instanceId: 'i-0abcdef01' }],
    ['no instance', { instanceId: undefined }],
    ['a time that is no date', { pendingTime: '2026-02-30T00:00:00Z' }],
    ['a time in a zone of its own', { pendingTime: '2026-02-03T00:00:00+09:00' }],
  ])('is refused with %s', (_, overrides) => {
    expect(signed({}, documentFields(overrides))).toEqual(refusedAs('BadDocument'));
  });

  it.each([
    ['{"region":'],
    ['null'],
    ['["us-west-2"]'],
    ['{"region":{"us-west-2":1}}'],
    ['{}'],
    ['['.repeat(5000)],
    ['\uFEFF{"region":"us-west-2"}'],
  ])('is refused when the content is %.20s', (text) => {
    expect(signed({}, text)).toEqual(refusedAs('NotJson'));
  });

  it('is refused when the content is not UTF-8', () => {
    const octets = Buffer.from(JSON.stringify(document).replace('t3.micro', 't\u00ff'), 'latin1');

    expect(signed({}, octets)).toEqual(refusedAs('NotJson'));
  });

  it.each([['xx-nowhere-1'], ['__proto__'], ['constructor'], ['']])(
    'is refused for region "%s"',
    (region) => {
      expect(signed({}, documentFields({ region }))).toEqual(refusedAs('UnknownRegion'));
    },
  );
});
