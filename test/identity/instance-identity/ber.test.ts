import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Element, readBer } from '../../../src/identity/instance-identity/ber.ts';
import { Refused } from '../../../src/identity/instance-identity/faults.ts';
import { constructed, type Lengths, tlv } from './der.ts';

type Tree = {
  readonly tag: number;
  readonly content: Uint8Array | readonly Tree[];
  readonly lengths: Lengths;
};

const lengths = fc.constantFrom<Lengths>('definite', 'indefinite');
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 8 },
    fc.record({
      tag: fc.constantFrom(0x02, 0x04, 0x06, 0x80),
      content: fc.uint8Array({ maxLength: 300 }),
      lengths,
    }),
    fc.record({
      tag: fc.constantFrom(0x30, 0x31, 0xa0, 0x24),
      content: fc.array(tie('tree'), { maxLength: 4 }),
      lengths,
    }),
  ),
}));

const write = ({ tag, content, lengths }: Tree): Buffer =>
  content instanceof Uint8Array ? tlv(tag, content) : constructed(lengths, tag, ...content.map(write));

const shapeOf = ({ tag, body, children }: Element): unknown =>
  tag & 0x20 ? [tag, children.map(shapeOf)] : [tag, body.toString('hex')];
const shapeOfTree = ({ tag, content }: Tree): unknown =>
  content instanceof Uint8Array
    ? [tag, Buffer.from(content).toString('hex')]
    : [tag, content.map(shapeOfTree)];

describe('the BER reader', () => {
  it('reads back whatever was written, in definite and indefinite lengths', () => {
    return fc.assert(
      fc.property(tree, (its) => {
        expect(shapeOf(readBer(write(its)))).toEqual(shapeOfTree(its));
      }),
    );
  });

  it('throws nothing but its own refusal', () => {
    return fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readBer(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(Refused);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['nothing', ''],
    ['a tag alone', '30'],
    ['octets after the element', '050000'],
    ['a body shorter than its length', '0403aabb'],
    ['a child longer than its parent', '30040404aabb'],
    ['a length in a longer form than needed', '048101aa'],
    ['a length with a leading zero', `04820080${'aa'.repeat(128)}`],
    ['a length of three octets', `0483010000${'aa'.repeat(65_536)}`],
    ['the reserved length', '04ff'],
    ['an indefinite length on a primitive', '04800000'],
    ['an indefinite length that does not end', '30800500'],
    ['an end of contents cut in half', '308000'],
    ['an end of contents with a length', '3080000100'],
    ['an end of contents beyond its parent', '300230800000'],
    ['an end of contents that two elements share', '3080300230800000'],
    ['an end of contents in a definite length', '30020000'],
    ['a tag of more than one octet', '1f0100'],
    ['more depth than any certificate has', `${'3080'.repeat(18)}${'0000'.repeat(18)}`],
  ])('refuses %s', (_, hex) => {
    expect(() => readBer(Buffer.from(hex, 'hex'))).toThrow(Refused);
  });
});
