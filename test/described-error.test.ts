import { describe, expect, test } from 'vitest';
import { describeError, reasonOf } from '../src/described-error.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED ::1:8080'), { code: 'ECONNREFUSED' });

describe('an error in a log', () => {
  test('has what caused it, to the first cause', () => {
    const error = new Error('no tags', { cause: new TypeError('no answer', { cause: refused }) });

    expect(describeError(error)).toMatchObject({
      name: 'Error',
      message: 'no tags',
      stack: expect.stringContaining('described-error.test'),
      cause: { name: 'TypeError', cause: { message: refused.message, code: 'ECONNREFUSED' } },
    });
  });

  test('has every error that it holds, and what caused each', () => {
    const error = new AggregateError([refused, new Error('web-2', { cause: refused })], '2 names');

    expect(describeError(error)).toMatchObject({
      message: '2 names',
      errors: [{ code: 'ECONNREFUSED' }, { message: 'web-2', cause: { code: 'ECONNREFUSED' } }],
    });
  });

  test('holds nothing else that a library hung on it', () => {
    const error = Object.assign(new Error('no'), { $response: { body: 'ActivationCode' }, config: 'secret' });

    expect(JSON.stringify(describeError(error))).not.toMatch(/ActivationCode|secret/);
  });

  test('has an end, whatever causes itself or holds thousands', () => {
    const circle = new Error('round');
    circle.cause = circle;
    const crowd = new AggregateError(Array.from({ length: 5_000 }, () => circle));

    expect(JSON.stringify(describeError(crowd)).length).toBeLessThan(200_000);
  });

  test.each([[undefined], [null], ['text'], [{ toString: () => expect.fail() }], [Object.create(null)]])(
    'may be no error at all',
    (thrown) => {
      expect(describeError(thrown)).toMatchObject({ message: expect.any(String) });
    },
  );
});

describe('a reason in one line', () => {
  test('is the message and those of its causes', () => {
    expect(reasonOf(new Error('no ledger', { cause: refused }))).toBe(`no ledger: ${refused.message}`);
  });

  test('is what an error without a message holds, each once', () => {
    expect(reasonOf(new AggregateError([refused, refused, new Error('late')]))).toBe(
      `${refused.message}; late`,
    );
  });

  test('is at least the name', () => {
    expect(reasonOf(new TypeError())).toBe('TypeError');
  });
});
