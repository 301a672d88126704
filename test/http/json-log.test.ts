import { expect, it } from 'vitest';
import * as z from 'zod';
import { createJsonLog } from '../../src/http/json-log.ts';

const log = () => {
  const lines: unknown[] = [];
  return { lines, logger: createJsonLog((line) => lines.push(JSON.parse(line))) };
};

it('writes a line of JSON an entry, with what its logger was bound to', () => {
  const { lines, logger } = log();

  logger.child({ reqId: 'r-1' }).info({ looked: 3 }, 'swept');

  expect(lines).toEqual([{ level: 'info', time: expect.any(String), reqId: 'r-1', looked: 3, msg: 'swept' }]);
  expect(lines).toMatchObject([{ time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) }]);
});

it('shows what went wrong and where', () => {
  const { lines, logger } = log();

  logger.error({ err: new TypeError('not this') }, 'InternalError');

  const [line] = z
    .array(z.object({ level: z.string(), err: z.looseObject({ stack: z.string() }) }))
    .parse(lines);
  expect(line).toMatchObject({ level: 'error', err: { name: 'TypeError', message: 'not this' } });
  expect(line?.err.stack).toContain('json-log.test');
});

it('writes nothing below info', () => {
  const { lines, logger } = log();

  logger.debug('reading');
  logger.trace({ looked: 3 });

  expect(lines).toEqual([]);
});

it('shows what caused it, and every error that it holds', () => {
  const { lines, logger } = log();
  const cause = new AggregateError([new Error('refused by ::1'), new Error('refused by 127.0.0.1')]);

  logger.error({ err: new Error('no ledger', { cause }) }, 'LedgerUnavailable');

  expect(lines).toMatchObject([
    { err: { cause: { errors: [{ message: 'refused by ::1' }, { message: 'refused by 127.0.0.1' }] } } },
  ]);
});
