import { unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toAttributes } from '../../src/ledger/attributes.ts';

/** JavaScript keeps one for itself; tags may not have it either. */
const memberName = fc.string().filter((name) => name !== '__proto__');
/** DynamoDB's numbers have no -0. */
const number = fc.double({ noNaN: true, min: -1e6, max: 1e6 }).filter((value) => !Object.is(value, -0));
const values = [fc.string({ unit: 'grapheme' }), fc.integer(), number, fc.boolean(), fc.constant(null)];

describe('a document as DynamoDB has it', () => {
  it('is read back by the SDK as it was', () => {
    fc.assert(
      fc.property(fc.object({ key: memberName, values }), (document) => {
        expect(unmarshall(toAttributes(document))).toEqual(document);
      }),
    );
  });

  it('has moments as text that sorts as they do', () => {
    const dueAt = new Date('2026-11-22T10:00:00.500Z');
    expect(toAttributes({ dueAt })).toEqual({ dueAt: { S: '2026-11-22T10:00:00.500Z' } });
  });

  it('has nothing of what is undefined', () => {
    expect(toAttributes({ node: undefined, record: { node: undefined } })).toEqual({ record: { M: {} } });
  });

  it('has a set of names as a set, which an update can extend', () => {
    expect(toAttributes({ names: new Set(['a', 'b']) })).toEqual({ names: { SS: ['a', 'b'] } });
  });

  it('is refused when it holds what DynamoDB has nothing for', () => {
    expect(() => toAttributes({ work: () => {} })).toThrow(TypeError);
  });
});
